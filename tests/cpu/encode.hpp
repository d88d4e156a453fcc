// Encodings of RV32IMC, written from the instruction set manual and independent of the board's decoder.
#pragma once

#include <cstdint>

namespace ferry::cpu_test::encode {

using Word = std::uint32_t;
using Half = std::uint16_t;

constexpr Word bits(std::uint32_t value, unsigned high, unsigned low) {
  return (value >> low) & ((2u << (high - low)) - 1);
}

constexpr Word r_type(Word opcode, Word funct3, Word funct7, unsigned rd, unsigned rs1, unsigned rs2) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr Word i_type(Word opcode, Word funct3, unsigned rd, unsigned rs1, std::int32_t immediate) {
  return bits(static_cast<std::uint32_t>(immediate), 11, 0) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 |
         opcode;
}
constexpr Word s_type(Word opcode, Word funct3, unsigned rs1, unsigned rs2, std::int32_t immediate) {
  const auto value = static_cast<std::uint32_t>(immediate);
  return bits(value, 11, 5) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | bits(value, 4, 0) << 7 | opcode;
}
constexpr Word b_type(Word funct3, unsigned rs1, unsigned rs2, std::int32_t distance) {
  const auto value = static_cast<std::uint32_t>(distance);
  return bits(value, 12, 12) << 31 | bits(value, 10, 5) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 |
         bits(value, 4, 1) << 8 | bits(value, 11, 11) << 7 | 0x63;
}
constexpr Word u_type(Word opcode, unsigned rd, std::uint32_t upper) {
  return upper << 12 | rd << 7 | opcode;
}

constexpr Word lui(unsigned rd, std::uint32_t upper) { return u_type(0x37, rd, upper); }
constexpr Word auipc(unsigned rd, std::uint32_t upper) { return u_type(0x17, rd, upper); }
constexpr Word addi(unsigned rd, unsigned rs1, std::int32_t immediate) {
  return i_type(0x13, 0, rd, rs1, immediate);
}
constexpr Word andi(unsigned rd, unsigned rs1, std::int32_t immediate) {
  return i_type(0x13, 7, rd, rs1, immediate);
}
constexpr Word add(unsigned rd, unsigned rs1, unsigned rs2) { return r_type(0x33, 0, 0, rd, rs1, rs2); }
constexpr Word sub(unsigned rd, unsigned rs1, unsigned rs2) { return r_type(0x33, 0, 0x20, rd, rs1, rs2); }
constexpr Word exclusive_or(unsigned rd, unsigned rs1, unsigned rs2) {
  return r_type(0x33, 4, 0, rd, rs1, rs2);
}
constexpr Word lw(unsigned rd, std::int32_t offset, unsigned rs1) { return i_type(0x03, 2, rd, rs1, offset); }
constexpr Word sw(unsigned rs2, std::int32_t offset, unsigned rs1) {
  return s_type(0x23, 2, rs1, rs2, offset);
}
constexpr Word jalr(unsigned rd, unsigned rs1, std::int32_t offset) {
  return i_type(0x67, 0, rd, rs1, offset);
}
constexpr Word bne(unsigned rs1, unsigned rs2, std::int32_t distance) {
  return b_type(1, rs1, rs2, distance);
}
constexpr Word jal(unsigned rd, std::int32_t distance) {
  const auto value = static_cast<std::uint32_t>(distance);
  return bits(value, 20, 20) << 31 | bits(value, 10, 1) << 21 | bits(value, 11, 11) << 20 |
         bits(value, 19, 12) << 12 | rd << 7 | 0x6F;
}
constexpr Word csr(Word funct3, unsigned rd, std::uint32_t number, unsigned rs1) {
  return number << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x73;
}
inline constexpr Word csrrw = 1, csrrs = 2;
inline constexpr Word ecall = 0x0000'0073, mret = 0x3020'0073;
inline constexpr std::uint32_t mscratch = 0x340, mtvec = 0x305, mepc = 0x341, mcause = 0x342, mtval = 0x343;

// Compressed formats, named as in the manual's table. Short register fields take x8…x15 by their full number.
constexpr Half half(std::uint32_t value) { return static_cast<Half>(value); }
constexpr Half ci(Word funct3, unsigned rd, std::int32_t immediate, Word quadrant) {
  const auto value = static_cast<std::uint32_t>(immediate);
  return half(funct3 << 13 | bits(value, 5, 5) << 12 | rd << 7 | bits(value, 4, 0) << 2 | quadrant);
}
constexpr Half c_addi16sp(std::int32_t immediate) {
  const auto value = static_cast<std::uint32_t>(immediate);
  return half(3u << 13 | bits(value, 9, 9) << 12 | 2u << 7 | bits(value, 4, 4) << 6 | bits(value, 6, 6) << 5 |
              bits(value, 8, 7) << 3 | bits(value, 5, 5) << 2 | 1);
}
constexpr Half c_addi4spn(unsigned rd, std::uint32_t immediate) {
  return half(bits(immediate, 5, 4) << 11 | bits(immediate, 9, 6) << 7 | bits(immediate, 2, 2) << 6 |
              bits(immediate, 3, 3) << 5 | (rd - 8) << 2);
}
// c.lw (2) and c.sw (6): `data` is loaded or stored.
constexpr Half c_word(Word funct3, unsigned data, unsigned base, std::uint32_t offset) {
  return half(funct3 << 13 | bits(offset, 5, 3) << 10 | (base - 8) << 7 | bits(offset, 2, 2) << 6 |
              bits(offset, 6, 6) << 5 | (data - 8) << 2);
}
constexpr Half c_lwsp(unsigned rd, std::uint32_t offset) {
  return half(2u << 13 | bits(offset, 5, 5) << 12 | rd << 7 | bits(offset, 4, 2) << 4 |
              bits(offset, 7, 6) << 2 | 2);
}
constexpr Half c_swsp(unsigned rs2, std::uint32_t offset) {
  return half(6u << 13 | bits(offset, 5, 2) << 9 | bits(offset, 7, 6) << 7 | rs2 << 2 | 2);
}
// c.srli (0), c.srai (1), c.andi (2) on a short register.
constexpr Half c_shift_and(Word which, unsigned rd, std::int32_t immediate) {
  const auto value = static_cast<std::uint32_t>(immediate);
  return half(4u << 13 | bits(value, 5, 5) << 12 | which << 10 | (rd - 8) << 7 | bits(value, 4, 0) << 2 | 1);
}
// c.sub (0), c.xor (1), c.or (2), c.and (3) on short registers.
constexpr Half c_arithmetic(Word which, unsigned rd, unsigned rs2) {
  return half(4u << 13 | 3u << 10 | (rd - 8) << 7 | which << 5 | (rs2 - 8) << 2 | 1);
}
// c.mv and c.jr (0), c.add and c.jalr (1): jumps when rs2 is 0.
constexpr Half cr(Word bit12, unsigned rd, unsigned rs2) {
  return half(4u << 13 | bit12 << 12 | rd << 7 | rs2 << 2 | 2);
}
// c.jal (1) and c.j (5).
constexpr Half c_jump(Word funct3, std::int32_t distance) {
  const auto value = static_cast<std::uint32_t>(distance);
  return half(funct3 << 13 | bits(value, 11, 11) << 12 | bits(value, 4, 4) << 11 | bits(value, 9, 8) << 9 |
              bits(value, 10, 10) << 8 | bits(value, 6, 6) << 7 | bits(value, 7, 7) << 6 |
              bits(value, 3, 1) << 3 | bits(value, 5, 5) << 2 | 1);
}
// c.beqz (6) and c.bnez (7).
constexpr Half c_branch(Word funct3, unsigned rs1, std::int32_t distance) {
  const auto value = static_cast<std::uint32_t>(distance);
  return half(funct3 << 13 | bits(value, 8, 8) << 12 | bits(value, 4, 3) << 10 | (rs1 - 8) << 7 |
              bits(value, 7, 6) << 5 | bits(value, 2, 1) << 3 | bits(value, 5, 5) << 2 | 1);
}

}  // namespace ferry::cpu_test::encode
