// The chip's memories: SRAM on both buses, RTC fast memory. No time, no access rules: those belong to bus and
// CPU.
#pragma once

#include "board/state_archive.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board {

// What is known about a line of memory beyond its bytes. The CPU's fast path tests one byte per line.
enum LineFlag : std::uint8_t {
  line_holds_code = 1,     // decoded instructions stem from it: a write must invalidate them
  line_read_watched = 2,   // loads take the slow path
  line_write_watched = 4,  // stores take the slow path
};

class Memory {
 public:
  static constexpr std::uint32_t sram_size = chip::memory_map::sram0.size + chip::memory_map::sram1_data.size;
  static constexpr std::uint32_t line_size = 64;
  // All memory has one numbering of its bytes: SRAM0, SRAM1, then RTC memory.
  static constexpr std::uint32_t rtc_offset = sram_size;
  static constexpr std::uint32_t size = sram_size + chip::memory_map::rtc_fast.size;

  Memory();

  // Offset into SRAM (SRAM0 first, then SRAM1), the same for both buses: two addresses of one byte meet here.
  static std::optional<std::uint32_t> sram_offset(std::uint32_t address, std::uint32_t length = 1);
  // The same, and RTC memory behind it: where the byte lies in `bytes()`, its line in `line_flags()`.
  static std::optional<std::uint32_t> offset(std::uint32_t address, std::uint32_t length = 1);
  // Host memory behind [address, address + length), or null when any of it is not SRAM or RTC memory.
  std::byte* at(std::uint32_t address, std::uint32_t length);

  std::byte* bytes() { return bytes_.data(); }
  std::byte* sram() { return bytes_.data(); }
  std::uint8_t* line_flags() { return line_flags_.data(); }

  // Reads and writes of anything but the CPU's fast path (DMA, loader, debugger). False, and nothing done,
  // outside memory.
  bool read(std::uint32_t address, std::span<std::byte> bytes);
  bool write(std::uint32_t address, std::span<const std::byte> bytes);
  // Called when lines that hold code were written through `write`: the bytes [offset, offset + length).
  void on_code_written(std::function<void(std::uint32_t offset, std::uint32_t length)> listener);
  // Every byte: what memory holds at power-on is undefined.
  void fill(std::byte value);
  // Without the flags of the lines, which belong to who reads along.
  void archive_state(StateArchive& archive);

 private:
  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> line_flags_;
  std::function<void(std::uint32_t, std::uint32_t)> code_written_;
};

}  // namespace ferry::board
