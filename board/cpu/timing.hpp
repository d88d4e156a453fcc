// What instructions cost, in CPU cycles.
//
// Measured on a C3 running from SRAM by a third party (fact sheet 9.2): arithmetic, stores and csrr 1;
// unconditional jump 2; branch 1, or 3 when taken; load 1, and 1 more when the next instruction uses the
// result. Nobody has published multiplication and division for the C3; those are the figures of its
// successor, the C6.
#pragma once

#include "board/cpu/instruction.hpp"

namespace ferry::board::timing {

inline constexpr unsigned load_use_stall = 1;
inline constexpr unsigned taken_branch_extra = 2;
// jalr needs a register for its target, so it is resolved where branches are: as late as a taken branch.
inline constexpr unsigned jal = 2, jalr = 3;
inline constexpr unsigned division = 10, high_multiplication = 2;
// From an interrupt or exception to the first instruction at the vector (manual, 1.5.3.1), and back.
inline constexpr unsigned trap_entry = 4, trap_return = 3;

// A taken branch's extra, a load's stall and what the bus adds come on top.
constexpr unsigned base(Operation operation) {
  if (is_division(operation)) return division;
  if (is_high_multiplication(operation)) return high_multiplication;
  if (operation == Operation::jal) return jal;
  if (operation == Operation::jalr) return jalr;
  return 1;
}

}  // namespace ferry::board::timing
