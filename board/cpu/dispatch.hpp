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

// What every instruction moves on. Two words, so that they travel in registers.
struct Count {
  std::uint64_t cycles = 0;        // CPU clock cycles; a CPU that waits in wfi does not count
  std::uint64_t instructions = 0;  // retired ones
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
using CountArgument = Count;
using Handler = __attribute__((preserve_none)) void (*)(Cpu&, const Slot*, Count, FastMemory);

// Ends this handler by going on in another one, which must have the same parameters.
#define FERRY_CONTINUE_IN(handler) [[clang::musttail]] return handler(cpu, slot, count, memory)
// Ends this handler by executing the slot that `slot` points to.
#define FERRY_EXECUTE_SLOT() FERRY_CONTINUE_IN(slot->run)
// Ends this handler and the whole chain: back to Cpu::execute.
#define FERRY_LEAVE() return

#else

#define FERRY_HANDLER
using HandlerResult = const Slot*;
using CountArgument = Count&;
using Handler = const Slot* (*)(Cpu&, const Slot*, Count&, FastMemory);

#define FERRY_CONTINUE_IN(handler) return handler(cpu, slot, count, memory)
#define FERRY_EXECUTE_SLOT() return slot
#define FERRY_LEAVE() return nullptr

#endif

}  // namespace ferry::board
