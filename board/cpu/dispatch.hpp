// How one handler hands over to the next.
//
// A decoded instruction is a slot that names the function executing it, its handler. With Clang a handler
// ends in a tail call to the handler of the next slot: the state stays in registers and every handler has an
// indirect jump of its own, which the host predicts well. No other compiler promises to turn a call at the
// end of a function into a jump, and AddressSanitizer prevents it, so elsewhere a handler returns the next
// slot to a loop that calls it. Both forms come from the same source; the macros below are the whole
// difference.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__clang__) && defined(__OPTIMIZE__) && defined(__has_feature) && defined(__has_attribute)
#if __has_attribute(preserve_none) && !__has_feature(address_sanitizer) && \
    !__has_feature(memory_sanitizer) && !__has_feature(thread_sanitizer)
#define FERRY_TAIL_CALLS 1
#endif
#endif
#ifndef FERRY_TAIL_CALLS
#define FERRY_TAIL_CALLS 0
#endif

namespace ferry::board {

class Cpu;
struct Slot;

// How far execution has come since the CPU last looked: cycles and retired instructions in one word, so that
// one addition moves both on.
class Progress {
 public:
  // An instruction takes at least a cycle. Who keeps a stretch of execution shorter than this keeps both in
  // bounds.
  static constexpr std::uint64_t longest_stretch = 1 << 23;

  constexpr void add(unsigned more_cycles, unsigned more_instructions) {
    word_ += (std::uint64_t{more_cycles} << shift) + more_instructions;
  }
  constexpr std::uint64_t cycles() const { return word_ >> shift; }
  constexpr std::uint64_t instructions() const { return word_ & ((std::uint64_t{1} << shift) - 1); }
  // Whether cycles() has reached this count.
  constexpr bool reached(Progress deadline) const { return word_ >= deadline.word_; }
  static constexpr Progress of_cycles(std::uint64_t cycles) {
    Progress progress;
    progress.word_ = cycles << shift;
    return progress;
  }

  // The same seen from the deadline, for translated code: below 0 until it is reached. A step is what add()
  // adds.
  constexpr std::int64_t beyond(Progress deadline) const {
    return static_cast<std::int64_t>(word_ - deadline.word_);
  }
  static constexpr Progress from(Progress deadline, std::int64_t beyond) {
    deadline.word_ += static_cast<std::uint64_t>(beyond);
    return deadline;
  }
  static constexpr std::int64_t step(unsigned cycles, unsigned instructions) {
    return (std::int64_t{cycles} << shift) + instructions;
  }

 private:
  static constexpr unsigned shift = 24;
  std::uint64_t word_ = 0;
};

// SRAM1 on the data bus, which loads and stores reach without asking the bus, and the flags of its lines.
struct FastMemory {
  std::byte* bytes;
  const std::uint8_t* flags;
};

#if FERRY_TAIL_CALLS

// preserve_none: all registers may carry arguments, none must be saved. (In a type it has to come first.)
#define FERRY_HANDLER __attribute__((preserve_none))
using HandlerResult = void;
using Handler = __attribute__((preserve_none)) void (*)(Cpu&, const Slot*, Progress, FastMemory);

// Ends this handler by going on in another one, which must have the same parameters.
#define FERRY_CONTINUE_IN(handler) [[clang::musttail]] return handler(cpu, slot, progress, memory)
// Ends this handler by executing the slot that `slot` points to.
#define FERRY_EXECUTE_SLOT() FERRY_CONTINUE_IN(slot->run)
// Ends this handler and the whole chain: back to Cpu::enter.
#define FERRY_LEAVE() return

#else

#define FERRY_HANDLER
struct HandlerResult {
  const Slot* slot;  // null: the chain ends
  Progress progress;
};
using Handler = HandlerResult (*)(Cpu&, const Slot*, Progress, FastMemory);

#define FERRY_CONTINUE_IN(handler) return handler(cpu, slot, progress, memory)
#define FERRY_EXECUTE_SLOT() \
  return { slot, progress }
#define FERRY_LEAVE() \
  return { nullptr, progress }

#endif

}  // namespace ferry::board
