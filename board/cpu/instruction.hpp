// An RV32IMC instruction, taken apart.
#pragma once

#include <cstdint>

namespace ferry::board {

// Named as the instruction set manual names them; `xor_`, `or_`, `and_` because C++ has the plain words.
enum class Operation : std::uint8_t {
  // What only the engine knows: shorter forms of the instructions below.
  li,  // destination = immediate: lui, auipc, and addi from x0
  mv,  // destination = source1: addi 0, and add with x0
  nop,
  // Straight-line instructions.
  addi,
  slti,
  sltiu,
  xori,
  ori,
  andi,
  slli,
  srli,
  srai,
  add,
  sub,
  sll,
  slt,
  sltu,
  xor_,
  srl,
  sra,
  or_,
  and_,
  mul,
  mulh,
  mulhsu,
  mulhu,
  div,
  divu,
  rem,
  remu,
  lb,
  lh,
  lw,
  lbu,
  lhu,
  sb,
  sh,
  sw,
  // Control transfers.
  beq,
  bne,
  blt,
  bge,
  bltu,
  bgeu,
  jal,
  jalr,
  // Forms that the engine turns into li or nop.
  lui,
  auipc,
  fence,
  fence_i,
  // What is left for the slow way.
  csrrw,
  csrrs,
  csrrc,
  csrrwi,
  csrrsi,
  csrrci,
  ecall,
  ebreak,
  mret,
  wfi,
  illegal,
  unfetchable,  // the engine's mark for bytes that lie outside executable memory
};

// How many operations, from the first, have a handler of their own in the engine.
inline constexpr std::uint8_t engine_operation_count = static_cast<std::uint8_t>(Operation::lui);

struct Instruction {
  Operation operation = Operation::illegal;
  std::uint8_t destination = 0;
  std::uint8_t source1 = 0;  // csrr*i: the five-bit immediate
  std::uint8_t source2 = 0;
  std::int32_t immediate = 0;  // branches and jal: distance in bytes. csr*: the number of the CSR
  std::uint32_t word = 0;      // as fetched: 16 bits of a compressed instruction, else 32
  std::uint8_t length = 4;     // in bytes
};

constexpr bool between(Operation operation, Operation first, Operation last) {
  return first <= operation && operation <= last;
}
constexpr bool is_load(Operation operation) { return between(operation, Operation::lb, Operation::lhu); }
constexpr bool is_store(Operation operation) { return between(operation, Operation::sb, Operation::sw); }
constexpr bool is_branch(Operation operation) { return between(operation, Operation::beq, Operation::bgeu); }
constexpr bool is_jump(Operation operation) { return between(operation, Operation::jal, Operation::jalr); }
// What can close a loop.
constexpr bool is_loop_end(Operation operation) {
  return is_branch(operation) || operation == Operation::jal;
}
constexpr bool is_csr(Operation operation) { return between(operation, Operation::csrrw, Operation::csrrci); }
constexpr bool is_register_register(Operation operation) {
  return between(operation, Operation::add, Operation::remu);
}
constexpr bool is_division(Operation operation) {
  return between(operation, Operation::div, Operation::remu);
}
constexpr bool is_high_multiplication(Operation operation) {
  return between(operation, Operation::mulh, Operation::mulhu);
}
// Operands may be exchanged.
constexpr bool is_symmetric(Operation operation) {
  using enum Operation;
  return operation == add || operation == mul || operation == xor_ || operation == or_ || operation == and_ ||
         operation == beq || operation == bne;
}
// Whether RV32C has a shorter way to write it.
constexpr bool has_compressed_form(Operation operation) {
  using enum Operation;
  switch (operation) {
    case li:
    case mv:
    case nop:
    case addi:
    case andi:
    case slli:
    case srli:
    case srai:
    case add:
    case sub:
    case xor_:
    case or_:
    case and_:
    case lw:
    case sw:
    case beq:
    case bne:
    case jal:
    case jalr:
      return true;
    default:
      return false;
  }
}
// Everything after which the next instruction is not simply the one behind.
constexpr bool ends_block(Operation operation) { return operation >= Operation::beq; }

// Bytes a load or store moves.
constexpr std::uint32_t access_width(Operation operation) {
  switch (operation) {
    case Operation::lb:
    case Operation::lbu:
    case Operation::sb:
      return 1;
    case Operation::lh:
    case Operation::lhu:
    case Operation::sh:
      return 2;
    default:
      return 4;
  }
}

}  // namespace ferry::board
