// What a firmware file says must be in memory before the first instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
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

// Bytes that the flash chip holds.
struct FlashPart {
  std::uint32_t address = 0;  // in flash
  std::vector<std::byte> bytes;
};

// A page of the flash windows, counted from their start, and the page of flash that it shows.
struct MappedPage {
  std::uint32_t window = 0, flash = 0;
};

// What a program says about itself in its application descriptor; empty where it has none.
struct Description {
  std::string project, version;
};

// What is in place when the program's first instruction runs. Segments lie inside SRAM or RTC memory, and the
// bytes that the file gives for them share no place, not even by way of the two buses.
struct Start {
  std::uint32_t entry = 0;
  std::vector<Segment> segments;  // in order of address
  std::vector<MappedPage> pages;
  bool second_stage = false;  // the second-stage boot loader starts it, which leaves more behind than the ROM
  Description description;
  std::vector<std::string> remarks;  // what the user should know about how this was chosen, a line each
};

// A file, understood.
struct Image {
  std::uint32_t entry = 0;
  std::vector<Segment> segments = {};  // as in Start
  std::vector<Symbol> symbols = {};    // in order of address; empty when the file has none
  std::vector<MappedPage> pages = {};
  bool second_stage = false;
  Description description = {};
  std::vector<std::string> remarks = {};
  std::uint32_t flash_size = 4 * 1024 * 1024;
  std::vector<FlashPart> flash = {};
  // The file is what the flash chip holds: at each reset the flash decides anew what starts.
  bool boots_from_flash = false;

  void set_start(Start start) {
    entry = start.entry;
    segments = std::move(start.segments);
    pages = std::move(start.pages);
    second_stage = start.second_stage;
    description = std::move(start.description);
    remarks = std::move(start.remarks);
  }
};

// Why a file is not an image: one line without the file's name and without a full stop.
struct ImageError {
  std::string text;
};

}  // namespace ferry::board
