// A moment of the program, and the way there.
#pragma once

#include "board/record/callers.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace ferry::board::watch {

// How the program came to an instruction: moments at which it came the same way share it.
struct Way {
  std::uint32_t pc = 0;                                 // 0: not an instruction of the program
  std::uint32_t return_address = 0, stack_pointer = 0;  // the registers
  Calls calls;
  // What tells one bug from another, by numbers that are equal where the texts are.
  struct Numbers {
    std::uint32_t line = 0;   // the line of the instruction
    std::uint32_t whole = 0;  // that, what is inlined there, and the callers
  };
  mutable std::optional<Numbers> numbers;  // none: nobody has asked Ways yet
};

// Callers are looked for so far above the stack pointer, and what may lie in their frames.
inline constexpr std::uint32_t stack_reach = 32 * 1024;

struct Origin {
  Time time = 0;
  std::shared_ptr<const Way> way;
};

}  // namespace ferry::board::watch
