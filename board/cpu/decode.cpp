#include "board/cpu/decode.hpp"

#include <array>

namespace ferry::board {

namespace {

using enum Operation;

constexpr std::uint32_t bits(std::uint32_t word, unsigned high, unsigned low) {
  return (word >> low) & ((2u << (high - low)) - 1);
}

// The value whose sign bit is the top bit of the word, shifted down so that `low` becomes bit 0.
constexpr std::int32_t signed_from(std::uint32_t word, unsigned low) {
  return static_cast<std::int32_t>(word) >> low;
}

std::int32_t store_distance(std::uint32_t word) {
  return signed_from(word, 25) * 32 + static_cast<std::int32_t>(bits(word, 11, 7));
}

std::int32_t branch_distance(std::uint32_t word) {
  const std::uint32_t low = bits(word, 7, 7) << 11 | bits(word, 30, 25) << 5 | bits(word, 11, 8) << 1;
  return signed_from(word, 31) * 4096 + static_cast<std::int32_t>(low);
}

std::int32_t jump_distance(std::uint32_t word) {
  const std::uint32_t low = bits(word, 19, 12) << 12 | bits(word, 20, 20) << 11 | bits(word, 30, 21) << 1;
  return signed_from(word, 31) * (1 << 20) + static_cast<std::int32_t>(low);
}

Operation register_immediate_operation(std::uint32_t word) {
  const std::uint32_t upper = bits(word, 31, 25);
  switch (bits(word, 14, 12)) {
    case 0:
      return addi;
    case 1:
      return upper == 0 ? slli : illegal;
    case 2:
      return slti;
    case 3:
      return sltiu;
    case 4:
      return xori;
    case 5:
      return upper == 0 ? srli : upper == 0x20 ? srai : illegal;
    case 6:
      return ori;
    default:
      return andi;
  }
}

Operation register_register_operation(std::uint32_t word) {
  constexpr std::array<Operation, 8> base{add, sll, slt, sltu, xor_, srl, or_, and_};
  constexpr std::array<Operation, 8> multiply{mul, mulh, mulhsu, mulhu, div, divu, rem, remu};
  const std::uint32_t function = bits(word, 14, 12);
  switch (bits(word, 31, 25)) {
    case 0x00:
      return base[function];
    case 0x01:
      return multiply[function];
    case 0x20:
      return function == 0 ? sub : function == 5 ? sra : illegal;
    default:
      return illegal;
  }
}

Operation system_operation(std::uint32_t word) {
  constexpr std::array<Operation, 8> csr{illegal, csrrw, csrrs, csrrc, illegal, csrrwi, csrrsi, csrrci};
  if (const std::uint32_t function = bits(word, 14, 12); function != 0) return csr[function];
  switch (word) {  // these have no operands, so the whole word is fixed
    case 0x0000'0073:
      return ecall;
    case 0x0010'0073:
      return ebreak;
    case 0x3020'0073:
      return mret;
    case 0x1050'0073:
      return wfi;
    default:
      return illegal;
  }
}

Instruction decode_word(std::uint32_t word) {
  constexpr std::array<Operation, 8> loads{lb, lh, lw, illegal, lbu, lhu, illegal, illegal};
  constexpr std::array<Operation, 8> stores{sb, sh, sw, illegal, illegal, illegal, illegal, illegal};
  constexpr std::array<Operation, 8> branches{beq, bne, illegal, illegal, blt, bge, bltu, bgeu};

  Instruction result;
  result.word = word;
  result.destination = static_cast<std::uint8_t>(bits(word, 11, 7));
  result.source1 = static_cast<std::uint8_t>(bits(word, 19, 15));
  result.source2 = static_cast<std::uint8_t>(bits(word, 24, 20));
  const std::uint32_t function = bits(word, 14, 12);
  switch (bits(word, 6, 0)) {
    case 0x37:
      result.operation = lui;
      result.immediate = static_cast<std::int32_t>(word & 0xFFFF'F000);
      break;
    case 0x17:
      result.operation = auipc;
      result.immediate = static_cast<std::int32_t>(word & 0xFFFF'F000);
      break;
    case 0x6F:
      result.operation = jal;
      result.immediate = jump_distance(word);
      break;
    case 0x67:
      result.operation = function == 0 ? jalr : illegal;
      result.immediate = signed_from(word, 20);
      break;
    case 0x63:
      result.operation = branches[function];
      result.immediate = branch_distance(word);
      break;
    case 0x03:
      result.operation = loads[function];
      result.immediate = signed_from(word, 20);
      break;
    case 0x23:
      result.operation = stores[function];
      result.immediate = store_distance(word);
      break;
    case 0x13:
      result.operation = register_immediate_operation(word);
      result.immediate = signed_from(word, 20);
      if (result.operation == slli || result.operation == srli || result.operation == srai)
        result.immediate &= 31;
      break;
    case 0x33:
      result.operation = register_register_operation(word);
      break;
    case 0x0F:
      result.operation = function == 0 ? fence : function == 1 ? fence_i : illegal;
      break;
    case 0x73:
      result.operation = system_operation(word);
      result.immediate = static_cast<std::int32_t>(bits(word, 31, 20));
      break;
    default:
      break;
  }
  return result;
}

}  // namespace

Instruction decode(std::uint32_t word) {
  if (!is_compressed(word)) return decode_word(word);
  const auto half = static_cast<std::uint16_t>(word);
  Instruction result = decode_word(expand_compressed(half));
  result.word = half;
  result.length = 2;
  return result;
}

}  // namespace ferry::board
