// A pre-decoded instruction, and the functions that execute one.
#pragma once

#include "board/cpu/abi_registers.hpp"
#include "board/cpu/dispatch.hpp"
#include "board/cpu/instruction.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <cstdint>

namespace ferry::board {

// One for every halfword of executable memory, 16 bytes each: the engine walks slots, not memory.
struct Slot {
  Handler run;               // null: this part of the table was never needed
  std::int32_t immediate;    // what it means for which operation: see CodeRegion::fill
  std::uint8_t destination;  // `discarded` instead of x0. Stores and branches: second source
  std::uint8_t source;       // first source register
  std::uint8_t stall;        // cycles a load costs more because the next instruction wants its result
  Operation operation : 6;
  std::uint8_t length : 2;  // in halfwords
};
static_assert(sizeof(Slot) == 16);
static_assert(static_cast<unsigned>(Operation::unfetchable) < 64);

// The slot a branch or jal goes to, both by their index.
constexpr std::uint32_t target_of(std::uint32_t index, const Slot& slot) {
  return index + static_cast<std::uint32_t>(slot.immediate / static_cast<std::int32_t>(sizeof(Slot)));
}

// Whether the instruction reads the register that `source` names.
constexpr bool reads_source(const Slot& slot) {
  const Operation operation = slot.operation;
  if (operation == Operation::li || operation == Operation::nop || operation == Operation::jal) return false;
  return operation <= Operation::jalr || between(operation, Operation::csrrw, Operation::csrrc);
}

// Loads and stores carry their distance from SRAM1's start rather than from address 0: the fast path needs
// the former for every access, the slow path gets the latter back from it.
inline constexpr std::uint32_t access_bias = chip::memory_map::sram1_data.start;

// Where results for x0 go, so that no handler has to ask.
inline constexpr std::uint8_t discarded = 32;
inline constexpr unsigned register_count = 33;

// The other register the instruction reads, or `discarded`.
constexpr std::uint8_t other_register(const Slot& slot) {
  if (is_register_register(slot.operation)) return static_cast<std::uint8_t>(slot.immediate);
  if (is_store(slot.operation) || is_branch(slot.operation)) return slot.destination;
  return discarded;
}

// Of an instruction that writes the stack pointer: whether what it puts there is neither what was there nor
// the frame pointer, with something added. Then another stack may begin.
constexpr bool puts_stack(const Slot& slot) {
  const auto is_of_frame = [](std::uint8_t number) {
    return number == stack_pointer_register || number == frame_pointer_register;
  };
  if (slot.operation == Operation::mv || !reads_source(slot)) return true;
  if (is_load(slot.operation) || is_csr(slot.operation)) return true;
  return !is_of_frame(slot.source) && !is_of_frame(other_register(slot));
}

namespace handlers {

// Executes one instruction and goes on without looking at the clock where the instruction cannot change the
// flow.
Handler single(Operation operation, unsigned length);
// The same, but looks at the clock after any instruction: it leaves when the deadline has come.
Handler checked(Operation operation, unsigned length);
// Either of them for what changes the stack pointer: tells the CPU when it is above the limit.
Handler moves_stack(Operation operation, unsigned length, bool checked);
// The branch or jal that closes a loop which only waits: tells the CPU that the loop goes round.
Handler waiting_loop(Operation operation, unsigned length);
// Which operand of the second instruction of a pair is the result of the first. A handler that knows takes it
// from a host register; through the guest's registers, which lie in memory, it would come several host cycles
// later.
enum class Forward : std::uint8_t { nothing, to_source, to_other };

// Executes two neighbouring instructions at once, or null when this pair has no handler of its own.
Handler pair(Operation first, unsigned first_length, Operation second, unsigned second_length,
             Forward forward);
// A branch or jal whose target lies outside the code region.
Handler far_transfer();
// A slot nobody has decoded yet: decodes it and what follows, then executes it.
Handler undecoded();
// Behind the last slot of a region: leaves, with the pc there.
Handler region_end();
// A slot with a breakpoint: leaves before its instruction and pauses the CPU.
Handler breakpoint();
// The first slot of a block that is to be translated when it turns out to be executed often.
Handler counted();
// A slot at which a translation begins.
Handler translated();

}  // namespace handlers

}  // namespace ferry::board
