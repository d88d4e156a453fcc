// A pre-decoded instruction, and the functions that execute one.
#pragma once

#include "board/cpu/dispatch.hpp"
#include "board/cpu/instruction.hpp"

#include <cstdint>

namespace ferry::board {

// One for every halfword of executable memory, 16 bytes each: the engine walks slots, not memory.
struct Slot {
  Handler run;  // null: this part of the table was never needed
  std::int32_t
      immediate;  // register-register: second source. Branches, jal: distance in slots. csr and rest: word
  std::uint8_t destination;  // `discarded` instead of x0. Stores and branches: second source
  std::uint8_t source;       // first source register
  Operation operation;
  std::uint8_t length : 4;  // in halfwords
  std::uint8_t stall : 4;   // cycles a load costs more because the next instruction wants its result
};
static_assert(sizeof(Slot) == 16);

// Where results for x0 go, so that no handler has to ask.
inline constexpr std::uint8_t discarded = 32;
inline constexpr unsigned register_count = 33;

namespace handlers {

// Executes one instruction and goes on without looking at the clock where the instruction cannot change the
// flow.
Handler single(Operation operation, unsigned length);
// The same, but looks at the clock after any instruction: it leaves when the deadline has come.
Handler checked(Operation operation, unsigned length);
// Executes two neighbouring instructions at once, or null when this pair has no handler of its own.
Handler pair(Operation first, unsigned first_length, Operation second, unsigned second_length);
// A branch or jal whose target lies outside the code region.
Handler far_transfer();
// A slot nobody has decoded yet: decodes it and what follows, then executes it.
Handler undecoded();
// Behind the last slot of a region: leaves, with the pc there.
Handler region_end();

}  // namespace handlers

}  // namespace ferry::board
