// The chip's memories: SRAM on both buses, RTC fast memory. No time, no access rules: those belong to bus and CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "chip/esp32c3/memory_map.hpp"

namespace ferry::board {

// What is known about a line of SRAM beyond its bytes. The CPU's fast path tests one byte per line.
enum LineFlag : std::uint8_t {
  line_holds_code = 1,      // decoded instructions stem from it: a write must invalidate them
  line_read_watched = 2,    // loads take the slow path
  line_write_watched = 4,   // stores take the slow path
};

class Memory {
 public:
  static constexpr std::uint32_t sram_size = chip::memory_map::sram0.size + chip::memory_map::sram1_data.size;
  static constexpr std::uint32_t line_size = 64;

  Memory();

  // Offset into SRAM (SRAM0 first, then SRAM1), the same for both buses: two addresses of one byte meet here.
  static std::optional<std::uint32_t> sram_offset(std::uint32_t address, std::uint32_t length = 1);
  // Host memory behind [address, address + length), or null when any of it is not SRAM or RTC memory.
  std::byte* at(std::uint32_t address, std::uint32_t length);

  std::byte* sram() { return sram_.data(); }
  std::uint8_t* line_flags() { return line_flags_.data(); }

  // Reads and writes of anything but the CPU (DMA, loader, debugger). False, and nothing done, outside memory.
  bool read(std::uint32_t address, std::span<std::byte> bytes);
  bool write(std::uint32_t address, std::span<const std::byte> bytes);
  // Called when code lines were written by anything but the CPU: [offset, offset + length) in SRAM.
  void on_code_written(std::function<void(std::uint32_t offset, std::uint32_t length)> listener);
  void clear();

 private:
  std::vector<std::byte> sram_, rtc_;
  std::vector<std::uint8_t> line_flags_;
  std::function<void(std::uint32_t, std::uint32_t)> code_written_;
};

}  // namespace ferry::board
