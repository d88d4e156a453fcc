// What a firmware file says must be in memory before the first instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ferry::board {

// [address, address + memory_size): the bytes, and behind them room whose content the file does not give. The
// boot ROM leaves that room as it finds it; clearing it is the start code's work.
struct Segment {
  std::uint32_t address = 0;
  std::vector<std::byte> bytes;
  std::uint32_t memory_size = 0;
  bool executable = false;
};

// A function or a variable, for reports. Never needed to run.
struct Symbol {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
  std::string name;
  bool function = false;
};

// Segments lie inside SRAM or RTC memory and share no byte, not even by way of the two buses.
struct Image {
  std::uint32_t entry = 0;
  std::vector<Segment> segments;  // in order of address
  std::vector<Symbol> symbols;    // in order of address; empty when the file was stripped
};

// Why a file is not an image: one line without the file's name and without a full stop.
struct ImageError {
  std::string text;
};

}  // namespace ferry::board
