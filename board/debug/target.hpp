// The chip as GDB sees it: numbered registers, memory, and their description.
#pragma once

#include "board/board.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::board::debug {

class Target {
 public:
  // x0 to x31 and pc: what a packet with all registers holds. CSRs follow at csr_base + their number.
  static constexpr std::uint32_t general_registers = 33, csr_base = 65;

  explicit Target(Board& board) : board_(board) {}

  std::optional<std::uint32_t> read_register(std::uint32_t number);
  bool write_register(std::uint32_t number, std::uint32_t value);

  // As much as there is from `address` on, up to `length`. Registers of devices come by aligned words only.
  std::string read_memory(std::uint32_t address, std::uint32_t length);
  // All or nothing.
  bool write_memory(std::uint32_t address, std::string_view bytes);

  // XML documents of GDB's: "features", "memory-map". Null when there is none of that name.
  static const std::string* document(std::string_view object, std::string_view annex);

 private:
  Board& board_;
};

}  // namespace ferry::board::debug
