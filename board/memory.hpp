// The chip's memories: SRAM on both buses, RTC fast memory, and what can only be read: the flash windows and
// the boot ROM. No time, no access rules: those belong to bus and CPU.
#pragma once

#include "board/state_archive.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace ferry::board {

// What is known about a line of memory beyond its bytes. The CPU's fast path tests one byte per line.
enum LineFlag : std::uint8_t {
  line_holds_code = 1,     // decoded instructions stem from it: a write must invalidate them
  line_read_watched = 2,   // loads take the slow path
  line_write_watched = 4,  // stores take the slow path
  line_unwritten = 8,      // somebody wants to know which of its bytes are written for the first time
};

// Of 32 bytes those that somebody looks at when they are read, and when they are written: byte n is bit n.
struct WatchedBytes {
  std::uint32_t reads = 0, writes = 0;
  std::uint32_t of(bool write) const { return write ? writes : reads; }
  void add(const WatchedBytes& bytes) {
    reads |= bytes.reads;
    writes |= bytes.writes;
  }
  void remove(const WatchedBytes& bytes) {
    reads &= ~bytes.reads;
    writes &= ~bytes.writes;
  }
};

class Memory {
 public:
  static constexpr std::uint32_t sram_size = chip::memory_map::sram0.size + chip::memory_map::sram1_data.size;
  static constexpr std::uint32_t line_size = 64;
  // All memory has one numbering of its bytes: SRAM0, SRAM1, then RTC memory.
  static constexpr std::uint32_t rtc_offset = sram_size;
  static constexpr std::uint32_t size = sram_size + chip::memory_map::rtc_fast.size;
  // What can only be read has its place behind: the pages of flash that the cache's table maps, as one window
  // for both buses, and the boot ROM.
  static constexpr std::uint32_t window_offset = size;
  static constexpr std::uint32_t rom_offset = window_offset + chip::memory_map::flash_data.size;
  static constexpr std::uint32_t rom_size = chip::memory_map::rom0.size + chip::memory_map::rom1.size;
  static constexpr std::uint32_t whole_size = rom_offset + rom_size;

  // What the board fills RAM with at power-on: undefined on a chip. It is not zero, so that forgetting to
  // clear .bss shows, and differs from byte to byte, so that nobody composes it by chance.
  static constexpr std::byte power_on(std::uint32_t offset) {
    return static_cast<std::byte>(power_on_word(offset / 4) >> (8 * (offset % 4)));
  }
  // Four bytes of it: the bits of the word's number, spread by two multiplications by odd constants that have
  // about as many ones as zeros.
  static constexpr std::uint32_t power_on_word(std::uint32_t number) {
    const std::uint32_t spread = (number + 1) * 0x9E37'79B1;
    return (spread ^ spread >> 15) * 0x85EB'CA77;
  }

  Memory();

  // Offset into SRAM (SRAM0 first, then SRAM1), the same for both buses: two addresses of one byte meet here.
  static constexpr std::optional<std::uint32_t> sram_offset(std::uint32_t address, std::uint32_t length = 1);
  // The same, and RTC memory behind it: where the byte lies in `bytes()`, its line in `line_flags()`.
  static constexpr std::optional<std::uint32_t> offset(std::uint32_t address, std::uint32_t length = 1);
  // Host memory behind [address, address + length), or null when any of it is not SRAM or RTC memory.
  std::byte* at(std::uint32_t address, std::uint32_t length);

  // Where a byte of the flash windows (mapped or not) or of the ROM lies in `bytes()`.
  static std::optional<std::uint32_t> read_only_offset(std::uint32_t address, std::uint32_t length = 1);
  // What a load finds there: RAM, mapped flash, ROM. Null elsewhere.
  const std::byte* readable(std::uint32_t address, std::uint32_t length) const;
  // The bytes of the instruction at `pc` as a number, and maybe some of the next one's; 0 where memory ends.
  std::optional<std::uint32_t> instruction_word(std::uint32_t pc) const;

  std::byte* bytes() { return bytes_.get(); }
  std::byte* sram() { return bytes_.get(); }
  std::uint8_t* line_flags() { return line_flags_.get(); }
  // Which bytes of RAM somebody looks at, in lines with line_read_watched or line_write_watched, 32 by 32, so
  // that everything of an aligned access is in one of them. They lie at a fixed distance behind the lines'
  // flags, so that translated code needs no other pointer.
  WatchedBytes* watched_bytes() {
    return reinterpret_cast<WatchedBytes*>(line_flags_.get() + watched_bytes_offset);
  }
  static constexpr std::uint32_t watched_bytes_offset = whole_size / line_size;
  // Of an aligned access.
  bool watched(std::uint32_t offset, std::uint32_t width, bool write) {
    return (watched_bytes()[offset / 32].of(write) >> (offset % 32) & ((1u << width) - 1)) != 0;
  }

  // Shows a page of flash in both windows, or takes one away. Page numbers are below flash_page_count,
  // `content` has flash_page_size bytes.
  void map_page(std::uint32_t page, std::span<const std::byte> content);
  void unmap_page(std::uint32_t page);
  // Changes some bytes of a mapped page.
  void update_page(std::uint32_t page, std::uint32_t start, std::span<const std::byte> bytes);
  bool mapped(std::uint32_t page) const { return mapped_[page]; }
  // The cache lets the buses through to their windows, or not.
  void open_windows(bool data, bool code);
  // Whether a load, and a fetch, finds something at this offset of `bytes()`.
  bool loadable(std::uint32_t offset) const { return reachable(offset, page_loadable); }
  bool fetchable(std::uint32_t offset) const { return reachable(offset, page_fetchable); }
  // Fills the ROM; what follows `content` is 0.
  void set_rom(std::span<const std::byte> content);

  // Reads and writes of anything but the CPU's fast path (DMA, loader, debugger). False, and nothing done,
  // outside memory.
  bool read(std::uint32_t address, std::span<std::byte> bytes);
  bool write(std::uint32_t address, std::span<const std::byte> bytes);
  // Called when lines that hold code were written through `write`: the bytes [offset, offset + length).
  void on_code_written(std::function<void(std::uint32_t offset, std::uint32_t length)> listener);
  // Called when lines that are marked as unwritten are, through `write`; the flag is the listener's business.
  void on_unwritten_written(std::function<void(std::uint32_t offset, std::uint32_t length)> listener);
  // Gives every byte of RAM what it holds at power-on.
  void fill();
  // Without the flags of the lines, which belong to who reads along.
  void archive_state(StateArchive& archive);

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  enum : std::uint8_t { page_loadable = 1, page_fetchable = 2 };

  bool reachable(std::uint32_t offset, std::uint8_t how) const {
    if (offset < window_offset || offset >= rom_offset) return true;
    return (reach_[(offset - window_offset) / chip::memory_map::flash_page_size] & how) != 0;
  }
  void update_reach(std::uint32_t page);
  bool any_line(std::uint32_t offset, std::uint32_t length, LineFlag flag) const;
  void tell_if_code(std::uint32_t offset, std::uint32_t length);

  // From calloc: pages that nobody touches, as most of the flash windows are, cost nothing.
  std::unique_ptr<std::byte[], Free> bytes_;
  std::unique_ptr<std::uint8_t[], Free> line_flags_;  // and behind them the watched bytes
  std::array<bool, chip::memory_map::flash_page_count> mapped_{};
  std::array<std::uint8_t, chip::memory_map::flash_page_count>
      reach_{};            // of each page, how it can be reached
  std::uint8_t open_ = 0;  // the same of both windows as a whole
  std::function<void(std::uint32_t, std::uint32_t)> code_written_, unwritten_written_;
};

constexpr std::optional<std::uint32_t> Memory::sram_offset(std::uint32_t address, std::uint32_t length) {
  namespace map = chip::memory_map;
  if (map::sram1_data.contains(address, length)) return address - map::sram1_data.start + map::sram0.size;
  // SRAM0 and SRAM1 are neighbours on the instruction bus.
  constexpr map::Region instruction{map::sram0.start, sram_size};
  static_assert(map::sram0.end() == map::sram1_instruction.start);
  if (instruction.contains(address, length)) return address - instruction.start;
  return std::nullopt;
}

constexpr std::optional<std::uint32_t> Memory::offset(std::uint32_t address, std::uint32_t length) {
  if (const auto sram = sram_offset(address, length)) return sram;
  constexpr chip::memory_map::Region rtc = chip::memory_map::rtc_fast;
  return rtc.contains(address, length) ? std::optional(address - rtc.start + rtc_offset) : std::nullopt;
}

}  // namespace ferry::board
