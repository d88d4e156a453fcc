// From the bytes of an instruction to what it means.
#pragma once

#include "board/cpu/instruction.hpp"

#include <cstdint>

namespace ferry::board {

// The low two bits say how long an instruction is.
constexpr bool is_compressed(std::uint32_t word) { return (word & 3) != 3; }

// Decodes what starts with the low bits of `word`; a compressed instruction leaves the upper half aside.
// Whatever RV32IMC with Zicsr and Zifencei does not define is Operation::illegal.
Instruction decode(std::uint32_t word);

// The 32-bit instruction a compressed one stands for, or 0 (which is illegal) for reserved encodings.
std::uint32_t expand_compressed(std::uint16_t word);

}  // namespace ferry::board
