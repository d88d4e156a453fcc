// The boot ROM's functions, answered by our own code at their documented addresses, and its variables.
#pragma once

#include "board/cpu/cpu.hpp"
#include "board/flash/flash_chip.hpp"
#include "board/memory.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::board {

class RomCall;
struct RomAnswer;

class Rom : public RomAnswers {
 public:
  Rom(Memory& memory, FlashChip& flash);

  // The ROM's constants, and its variables in SRAM as a boot leaves them. `ticks_per_us`: the CPU's clock in
  // MHz.
  void reset(std::uint32_t ticks_per_us);

  // The words that reset() puts into the ROM itself: all of its data that there are.
  static std::span<const std::uint32_t> constants();

  // A real ROM takes the place of the constants; who has one does not let this answer calls.
  void set_image(std::vector<std::byte> content) { image_ = std::move(content); }
  bool real() const { return !image_.empty(); }

  std::optional<std::uint32_t> call(Cpu& cpu) override;

  // The function at an address; empty when none is known there.
  static std::string_view name_of(std::uint32_t address);

 private:
  Memory& memory_;
  FlashChip& flash_;
  std::vector<std::byte> image_;             // empty: none
  std::vector<const RomAnswer*> functions_;  // by their place in the table of jumps; null: no answer
  std::vector<void (*)(RomCall&)> steps_;    // by their place behind the ROM's code
};

}  // namespace ferry::board
