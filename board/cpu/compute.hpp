// What each instruction computes, apart from everything around it.
#pragma once

#include "board/cpu/instruction.hpp"

#include <cstdint>
#include <limits>

namespace ferry::board {

constexpr std::int32_t as_signed(std::uint32_t value) { return static_cast<std::int32_t>(value); }
constexpr std::uint32_t as_unsigned(std::int32_t value) { return static_cast<std::uint32_t>(value); }

// Division never traps: by zero it gives all ones and the dividend as remainder; the one overflow gives the
// dividend and no remainder.
constexpr bool overflows(std::uint32_t dividend, std::uint32_t divisor) {
  return as_signed(dividend) == std::numeric_limits<std::int32_t>::min() && as_signed(divisor) == -1;
}

// The result of a register-register or register-immediate instruction; `b` is the second register or the
// immediate.
[[gnu::always_inline]] constexpr std::uint32_t compute(Operation operation, std::uint32_t a,
                                                       std::uint32_t b) {
  using enum Operation;
  using Wide = std::int64_t;
  using UnsignedWide = std::uint64_t;
  switch (operation) {
    case add:
    case addi:
      return a + b;
    case sub:
      return a - b;
    case sll:
    case slli:
      return a << (b & 31);
    case slt:
    case slti:
      return as_signed(a) < as_signed(b) ? 1 : 0;
    case sltu:
    case sltiu:
      return a < b ? 1 : 0;
    case xor_:
    case xori:
      return a ^ b;
    case srl:
    case srli:
      return a >> (b & 31);
    case sra:
    case srai:
      return as_unsigned(as_signed(a) >> (b & 31));
    case or_:
    case ori:
      return a | b;
    case and_:
    case andi:
      return a & b;
    case mul:
      return a * b;
    case mulh:
      return static_cast<std::uint32_t>((Wide{as_signed(a)} * Wide{as_signed(b)}) >> 32);
    case mulhsu:
      return static_cast<std::uint32_t>((Wide{as_signed(a)} * Wide{b}) >> 32);
    case mulhu:
      return static_cast<std::uint32_t>((UnsignedWide{a} * UnsignedWide{b}) >> 32);
    case div:
      if (b == 0) return ~0u;
      return overflows(a, b) ? a : as_unsigned(as_signed(a) / as_signed(b));
    case divu:
      return b == 0 ? ~0u : a / b;
    case rem:
      if (b == 0) return a;
      return overflows(a, b) ? 0 : as_unsigned(as_signed(a) % as_signed(b));
    case remu:
      return b == 0 ? a : a % b;
    default:
      return 0;
  }
}

template <Operation operation>
constexpr std::uint32_t compute(std::uint32_t a, std::uint32_t b) {
  return compute(operation, a, b);
}

// Whether a branch is taken.
[[gnu::always_inline]] constexpr bool holds(Operation operation, std::uint32_t a, std::uint32_t b) {
  using enum Operation;
  switch (operation) {
    case beq:
      return a == b;
    case bne:
      return a != b;
    case blt:
      return as_signed(a) < as_signed(b);
    case bge:
      return as_signed(a) >= as_signed(b);
    case bltu:
      return a < b;
    case bgeu:
      return a >= b;
    default:
      return false;
  }
}

template <Operation operation>
constexpr bool holds(std::uint32_t a, std::uint32_t b) {
  return holds(operation, a, b);
}

// What a load makes of the bytes it has read, which come zero-extended.
constexpr std::uint32_t extend(Operation operation, std::uint32_t value) {
  switch (operation) {
    case Operation::lb:
      return as_unsigned(static_cast<std::int8_t>(value));
    case Operation::lh:
      return as_unsigned(static_cast<std::int16_t>(value));
    default:
      return value;
  }
}

}  // namespace ferry::board
