// The ledger: every register of every device, and how far the board does what it says.
#pragma once

#include "board/bus.hpp"
#include "board/limits.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

struct LedgerEntry {
  std::string_view block;
  std::uint32_t base;
  const chip::RegisterInfo* info;  // of one register, or of an array
  Standing standing;
};

// In order of address.
std::vector<LedgerEntry> ledger_of(const Bus& bus);

// One line per register, blocks apart from each other by an empty line.
std::string ledger_text(const std::vector<LedgerEntry>& entries);
// An array with one object per register.
std::string ledger_json(const std::vector<LedgerEntry>& entries);

}  // namespace ferry::board
