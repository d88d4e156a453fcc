// Hot code, translated into instructions of the host.
//
// The handlers remain the reference: a translation does what they would do, to the cycle, and leaves
// everything beyond arithmetic, branches and plain accesses to SRAM to them. It knows no devices, no traps
// and no interrupts; where one of these may come in, it ends.
#pragma once

#include "board/cpu/dispatch.hpp"
#include "board/cpu/slot.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ferry::board {

// An instruction to translate, and what is known about its place among others.
struct TranslatedSlot {
  std::uint32_t index;
  const Slot* slot;
  bool is_entry;  // execution may come here past the end of a block, from the instruction before or elsewhere
  bool checks;    // the clock is looked at behind it, although it ends no block; the next one is an entry
  bool moves_stack;  // it may raise the stack pointer, and somebody wants to know: only addi is translated
};

// What a translation leaves to others.
struct TranslationExit {
  enum Reason : std::uint32_t {
    at_block_end,  // between two blocks, so the clock is to be looked at; then go on at the slot
    in_block,      // go on at the slot
    by_itself,     // go on with the handler of the slot's instruction alone, which knows the slow way
  };
  std::uint32_t index;  // of the slot
  Reason reason;
  std::int64_t overrun;  // Progress::beyond the deadline
};

// Translations of one code region.
class Translator {
 public:
  // Null where there is none for this kind of computer, or where the system does not let programs make code.
  // The region starts at address `start` and has so many slots, and one behind the last for its end.
  static std::unique_ptr<Translator> create(std::uint32_t start, std::uint32_t slot_count);

  Translator() = default;
  virtual ~Translator() = default;
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;

  // Translates neighbouring instructions, at most `longest`; the first is an entry, and so is each behind a
  // branch. Nobody may be inside a translation. False: no room is left; after clear() there is.
  static constexpr std::size_t longest = 256;
  virtual bool translate(std::span<const TranslatedSlot> instructions) = 0;
  // From now on no translation can be entered at a slot of [first, last).
  virtual void forget(std::uint32_t first, std::uint32_t last) = 0;
  // Makes room, once all that was translated is forgotten.
  virtual void clear() = 0;

  // Executes from the slot of an entry on until something is not for translations. `overrun` is below 0. What
  // moves the stack pointer beyond `stack_limit` is not for them.
  virtual TranslationExit run(std::uint32_t index, std::uint32_t* registers, std::int64_t overrun,
                              FastMemory memory, std::uint32_t stack_limit) const = 0;
};

}  // namespace ferry::board
