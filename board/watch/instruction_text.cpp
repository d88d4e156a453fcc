#include "board/watch/instruction_text.hpp"

#include "board/cpu/decode.hpp"

#include <array>
#include <string_view>

namespace ferry::board::watch {

namespace {

constexpr std::array<std::string_view, 32> register_names{
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

std::string_view mnemonic(Operation operation) {
  switch (operation) {
    case Operation::lb:
      return "lb";
    case Operation::lh:
      return "lh";
    case Operation::lw:
      return "lw";
    case Operation::lbu:
      return "lbu";
    case Operation::lhu:
      return "lhu";
    case Operation::sb:
      return "sb";
    case Operation::sh:
      return "sh";
    case Operation::sw:
      return "sw";
    default:
      return {};
  }
}

}  // namespace

std::string instruction_text(std::uint32_t word) {
  const Instruction instruction = decode(word);
  if (instruction.operation == Operation::ebreak) return "ebreak";  // of a semihosting call
  const std::string_view name = mnemonic(instruction.operation);
  if (name.empty()) return {};
  const std::uint8_t value = is_store(instruction.operation) ? instruction.source2 : instruction.destination;
  return std::string(name) + ' ' + std::string(register_names[value % 32]) + ", " +
         std::to_string(instruction.immediate) + '(' + std::string(register_names[instruction.source1 % 32]) +
         ')';
}

}  // namespace ferry::board::watch
