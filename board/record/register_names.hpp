// The name behind an address of the peripheral range.
#pragma once

#include "chip/register_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

struct RegisterName {
  std::string_view block;                    // "SPI2"
  std::uint32_t offset = 0;                  // of the word, in its block
  const chip::RegisterInfo* info = nullptr;  // null where no description is known
  std::uint32_t index = 0;                   // which one of an array of registers

  // "SPI2.CMD", "SPI2.W[3]", "I2C0+0x004".
  std::string text() const;
};

RegisterName name_register(std::uint32_t address);

// The names of all blocks, in order of address.
std::vector<std::string_view> block_names();

}  // namespace ferry::board
