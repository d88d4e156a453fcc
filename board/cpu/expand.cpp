// The compressed instructions of RV32C, each as the 32-bit instruction it abbreviates.
//
// Floating-point forms are reserved here: the chip has no F extension.
#include "board/cpu/abi_registers.hpp"
#include "board/cpu/decode.hpp"

namespace ferry::board {

namespace {

constexpr std::uint32_t reserved = 0;  // not a valid instruction, so it decodes as illegal

// Bits high…low of the compressed word, moved to where `to` is their lowest place.
constexpr std::uint32_t field(std::uint32_t word, unsigned high, unsigned low, unsigned to = 0) {
  return ((word >> low) & ((2u << (high - low)) - 1)) << to;
}

constexpr std::uint32_t sign_extend(std::uint32_t value, unsigned width) {
  const std::uint32_t sign = 1u << (width - 1);
  return (value ^ sign) - sign;
}

// Encoders of the 32-bit formats, named by the letters of the instruction set manual.
constexpr std::uint32_t i_type(std::uint32_t opcode, std::uint32_t function, std::uint32_t rd,
                               std::uint32_t rs1, std::uint32_t immediate) {
  return opcode | rd << 7 | function << 12 | rs1 << 15 | (immediate & 0xFFF) << 20;
}
constexpr std::uint32_t r_type(std::uint32_t upper, std::uint32_t function, std::uint32_t rd,
                               std::uint32_t rs1, std::uint32_t rs2) {
  return 0x33 | rd << 7 | function << 12 | rs1 << 15 | rs2 << 20 | upper << 25;
}
constexpr std::uint32_t store_word(std::uint32_t rs1, std::uint32_t rs2, std::uint32_t offset) {
  return 0x23 | field(offset, 4, 0, 7) | 2 << 12 | rs1 << 15 | rs2 << 20 | field(offset, 11, 5, 25);
}
constexpr std::uint32_t load_word(std::uint32_t rd, std::uint32_t rs1, std::uint32_t offset) {
  return i_type(0x03, 2, rd, rs1, offset);
}
constexpr std::uint32_t add_immediate(std::uint32_t rd, std::uint32_t rs1, std::uint32_t immediate) {
  return i_type(0x13, 0, rd, rs1, immediate);
}
constexpr std::uint32_t jump(std::uint32_t rd, std::uint32_t distance) {
  return 0x6F | rd << 7 | field(distance, 19, 12, 12) | field(distance, 11, 11, 20) |
         field(distance, 10, 1, 21) | field(distance, 20, 20, 31);
}
constexpr std::uint32_t jump_register(std::uint32_t rd, std::uint32_t rs1) {
  return i_type(0x67, 0, rd, rs1, 0);
}
constexpr std::uint32_t branch_on_zero(std::uint32_t function, std::uint32_t rs1, std::uint32_t distance) {
  return 0x63 | function << 12 | rs1 << 15 | field(distance, 11, 11, 7) | field(distance, 4, 1, 8) |
         field(distance, 10, 5, 25) | field(distance, 12, 12, 31);
}

// Register fields of three bits name x8…x15.
constexpr std::uint32_t low_register(std::uint32_t word) { return 8 + field(word, 4, 2); }
constexpr std::uint32_t high_register(std::uint32_t word) { return 8 + field(word, 9, 7); }

constexpr std::uint32_t six_bit_immediate(std::uint32_t word) {
  return sign_extend(field(word, 12, 12, 5) | field(word, 6, 2), 6);
}

// Quadrant 0: loads and stores with short register fields, and addresses on the stack.

std::uint32_t addi4spn(std::uint32_t word) {
  const std::uint32_t offset =
      field(word, 10, 7, 6) | field(word, 12, 11, 4) | field(word, 5, 5, 3) | field(word, 6, 6, 2);
  return offset == 0 ? reserved : add_immediate(low_register(word), stack_pointer_register, offset);
}

constexpr std::uint32_t short_word_offset(std::uint32_t word) {
  return field(word, 5, 5, 6) | field(word, 12, 10, 3) | field(word, 6, 6, 2);
}

std::uint32_t expand_quadrant0(std::uint32_t word) {
  switch (field(word, 15, 13)) {
    case 0:
      return addi4spn(word);
    case 2:
      return load_word(low_register(word), high_register(word), short_word_offset(word));
    case 6:
      return store_word(high_register(word), low_register(word), short_word_offset(word));
    default:
      return reserved;
  }
}

// Quadrant 1: immediates, arithmetic, near jumps and branches.

std::uint32_t lui_or_addi16sp(std::uint32_t word) {
  const std::uint32_t rd = field(word, 11, 7);
  if (rd == stack_pointer_register) {
    const std::uint32_t offset =
        sign_extend(field(word, 12, 12, 9) | field(word, 4, 3, 7) | field(word, 5, 5, 6) |
                        field(word, 2, 2, 5) | field(word, 6, 6, 4),
                    10);
    return offset == 0 ? reserved : add_immediate(stack_pointer_register, stack_pointer_register, offset);
  }
  const std::uint32_t immediate = six_bit_immediate(word);
  return immediate == 0 ? reserved : 0x37 | rd << 7 | immediate << 12;
}

std::uint32_t arithmetic(std::uint32_t word) {
  const std::uint32_t rd = high_register(word);
  const std::uint32_t shift = field(word, 6, 2);
  const bool bit12 = field(word, 12, 12) != 0;
  switch (field(word, 11, 10)) {
    case 0:  // shifts by 32 and more are for wider registers
      return bit12 ? reserved : i_type(0x13, 5, rd, rd, shift);
    case 1:
      return bit12 ? reserved : i_type(0x13, 5, rd, rd, 0x400 | shift);
    case 2:
      return i_type(0x13, 7, rd, rd, six_bit_immediate(word));
    default:
      break;
  }
  if (bit12) return reserved;  // the forms for 64-bit registers
  const std::uint32_t rs2 = low_register(word);
  switch (field(word, 6, 5)) {
    case 0:
      return r_type(0x20, 0, rd, rd, rs2);
    case 1:
      return r_type(0, 4, rd, rd, rs2);
    case 2:
      return r_type(0, 6, rd, rd, rs2);
    default:
      return r_type(0, 7, rd, rd, rs2);
  }
}

constexpr std::uint32_t near_jump_distance(std::uint32_t word) {
  return sign_extend(field(word, 12, 12, 11) | field(word, 8, 8, 10) | field(word, 10, 9, 8) |
                         field(word, 6, 6, 7) | field(word, 7, 7, 6) | field(word, 2, 2, 5) |
                         field(word, 11, 11, 4) | field(word, 5, 3, 1),
                     12);
}

constexpr std::uint32_t near_branch_distance(std::uint32_t word) {
  return sign_extend(field(word, 12, 12, 8) | field(word, 6, 5, 6) | field(word, 2, 2, 5) |
                         field(word, 11, 10, 3) | field(word, 4, 3, 1),
                     9);
}

std::uint32_t expand_quadrant1(std::uint32_t word) {
  const std::uint32_t rd = field(word, 11, 7);
  switch (field(word, 15, 13)) {
    case 0:
      return add_immediate(rd, rd, six_bit_immediate(word));
    case 1:
      return jump(return_address_register, near_jump_distance(word));
    case 2:
      return add_immediate(rd, 0, six_bit_immediate(word));
    case 3:
      return lui_or_addi16sp(word);
    case 4:
      return arithmetic(word);
    case 5:
      return jump(0, near_jump_distance(word));
    case 6:
      return branch_on_zero(0, high_register(word), near_branch_distance(word));
    default:
      return branch_on_zero(1, high_register(word), near_branch_distance(word));
  }
}

// Quadrant 2: full register fields, the stack, jumps through registers.

std::uint32_t move_or_jump(std::uint32_t word) {
  constexpr std::uint32_t ebreak = 0x0010'0073;
  const std::uint32_t rd = field(word, 11, 7), rs2 = field(word, 6, 2);
  const bool bit12 = field(word, 12, 12) != 0;
  if (rs2 != 0) return r_type(0, 0, rd, bit12 ? rd : 0, rs2);
  if (rd == 0) return bit12 ? ebreak : reserved;
  return jump_register(bit12 ? return_address_register : 0, rd);
}

std::uint32_t expand_quadrant2(std::uint32_t word) {
  const std::uint32_t rd = field(word, 11, 7), rs2 = field(word, 6, 2);
  switch (field(word, 15, 13)) {
    case 0:
      return field(word, 12, 12) != 0 ? reserved : i_type(0x13, 1, rd, rd, rs2);
    case 2:
      if (rd == 0) return reserved;
      return load_word(rd, stack_pointer_register,
                       field(word, 3, 2, 6) | field(word, 12, 12, 5) | field(word, 6, 4, 2));
    case 4:
      return move_or_jump(word);
    case 6:
      return store_word(stack_pointer_register, rs2, field(word, 8, 7, 6) | field(word, 12, 9, 2));
    default:
      return reserved;
  }
}

}  // namespace

std::uint32_t expand_compressed(std::uint16_t word) {
  switch (word & 3) {
    case 0:
      return expand_quadrant0(word);
    case 1:
      return expand_quadrant1(word);
    default:
      return expand_quadrant2(word);
  }
}

}  // namespace ferry::board
