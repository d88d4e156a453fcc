// What each kind of instruction computes, at the edges of its operands.
#include "board/cpu/compute.hpp"
#include "board/cpu/decode.hpp"
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

constexpr std::uint32_t lowest = 0x8000'0000, highest = 0x7FFF'FFFF, minus_one = 0xFFFF'FFFF;

// Each case runs alone, and behind an instruction that makes its operand: then it is the second of a pair.
std::uint32_t result_of(std::uint32_t instruction, std::uint32_t a, std::uint32_t b) {
  Machine alone;
  alone.load({instruction});
  alone.cpu.set_register(11, a);
  alone.cpu.set_register(12, b);
  alone.step();

  std::vector<std::uint32_t> results{alone.x(10)};
  for (const unsigned made : {11u, 12u}) {
    Machine paired;
    paired.load({addi(made, made, 0), addi(made, made, -1), addi(made, made, 1), instruction, wfi});
    paired.cpu.set_register(11, a);
    paired.cpu.set_register(12, b);
    paired.cpu.run(never);
    results.push_back(paired.x(10));
  }
  EXPECT_EQ(results[0], results[1]) << "alone and as second of a pair";
  EXPECT_EQ(results[0], results[2]) << "alone and as second of a pair, by its second operand";
  return results[0];
}

struct RegisterCase {
  const char* name;
  std::uint32_t upper, function;
  std::uint32_t a, b, result;
};

class RegisterInstruction : public testing::TestWithParam<RegisterCase> {};

TEST_P(RegisterInstruction, Computes) {
  const RegisterCase& given = GetParam();
  EXPECT_EQ(result_of(r(given.upper, given.function, 10, 11, 12), given.a, given.b), given.result)
      << given.name;
}

INSTANTIATE_TEST_SUITE_P(
    Edges, RegisterInstruction,
    testing::Values(
        RegisterCase{"add wraps", 0x00, 0, highest, 1, lowest},
        RegisterCase{"sub wraps", 0x20, 0, 0, 1, minus_one},
        RegisterCase{"sub is not symmetric", 0x20, 0, 5, 3, 2},
        RegisterCase{"sll by the low five bits", 0x00, 1, 1, 63, lowest},
        RegisterCase{"sll 0", 0x00, 1, 7, 32, 7}, RegisterCase{"slt signed", 0x00, 2, lowest, 1, 1},
        RegisterCase{"slt equal", 0x00, 2, 4, 4, 0}, RegisterCase{"sltu unsigned", 0x00, 3, lowest, 1, 0},
        RegisterCase{"sltu", 0x00, 3, 0, minus_one, 1},
        RegisterCase{"xor", 0x00, 4, 0xFF00FF00, 0x0FF00FF0, 0xF0F0F0F0},
        RegisterCase{"srl fills with zeros", 0x00, 5, lowest, 31, 1},
        RegisterCase{"sra fills with the sign", 0x20, 5, lowest, 31, minus_one},
        RegisterCase{"or", 0x00, 6, 0xF0, 0x0F, 0xFF}, RegisterCase{"and", 0x00, 7, 0xF6, 0x0F, 0x06},
        RegisterCase{"mul keeps the low half", 0x01, 0, 0x10001, 0x10001, 0x20001},
        RegisterCase{"mulh both signed", 0x01, 1, minus_one, minus_one, 0},
        RegisterCase{"mulh lowest", 0x01, 1, lowest, lowest, 0x40000000},
        RegisterCase{"mulhsu signed by unsigned", 0x01, 2, minus_one, minus_one, minus_one},
        RegisterCase{"mulhsu is not symmetric", 0x01, 2, 1, lowest, 0},
        RegisterCase{"mulhu both unsigned", 0x01, 3, minus_one, minus_one, 0xFFFFFFFE},
        RegisterCase{"div toward zero", 0x01, 4, static_cast<std::uint32_t>(-7), 2,
                     static_cast<std::uint32_t>(-3)},
        RegisterCase{"div by zero", 0x01, 4, 7, 0, minus_one},
        RegisterCase{"div overflow", 0x01, 4, lowest, minus_one, lowest},
        RegisterCase{"divu", 0x01, 5, minus_one, 2, highest},
        RegisterCase{"divu by zero", 0x01, 5, 7, 0, minus_one},
        RegisterCase{"divu no overflow", 0x01, 5, lowest, minus_one, 0},
        RegisterCase{"rem has the dividend's sign", 0x01, 6, static_cast<std::uint32_t>(-7), 2, minus_one},
        RegisterCase{"rem by zero", 0x01, 6, 7, 0, 7},
        RegisterCase{"rem overflow", 0x01, 6, lowest, minus_one, 0},
        RegisterCase{"remu", 0x01, 7, minus_one, 10, 5}, RegisterCase{"remu by zero", 0x01, 7, 7, 0, 7}));

struct ImmediateCase {
  const char* name;
  std::uint32_t function;
  int immediate;
  std::uint32_t a, result;
};

class ImmediateInstruction : public testing::TestWithParam<ImmediateCase> {};

TEST_P(ImmediateInstruction, Computes) {
  const ImmediateCase& given = GetParam();
  EXPECT_EQ(result_of(i(0x13, given.function, 10, 11, given.immediate), given.a, 0), given.result)
      << given.name;
}

INSTANTIATE_TEST_SUITE_P(Edges, ImmediateInstruction,
                         testing::Values(ImmediateCase{"addi lowest", 0, -2048, 0, 0xFFFFF800},
                                         ImmediateCase{"addi 0", 0, 0, 9, 9},
                                         ImmediateCase{"slli 31", 1, 31, 3, lowest},
                                         ImmediateCase{"slti", 2, -1, lowest, 1},
                                         ImmediateCase{"sltiu extends, then compares unsigned", 3, -1, 5, 1},
                                         ImmediateCase{"xori -1 inverts", 4, -1, 0x0F0F0F0F, 0xF0F0F0F0},
                                         ImmediateCase{"srli 31", 5, 31, lowest, 1},
                                         ImmediateCase{"srai 31", 5, 0x400 | 31, lowest, minus_one},
                                         ImmediateCase{"srai 0", 5, 0x400, lowest, lowest},
                                         ImmediateCase{"ori", 6, 0x7FF, 0x800, 0xFFF},
                                         ImmediateCase{"andi extends", 7, -2048, minus_one, 0xFFFFF800}));

TEST(Instructions, UpperImmediates) {
  Machine machine;
  machine.load({lui(10, 0xFFFFF), auipc(11, 0x80000), auipc(12, 0)});
  machine.step(3);
  EXPECT_EQ(machine.x(10), 0xFFFF'F000u);
  EXPECT_EQ(machine.x(11), code + 4 + 0x8000'0000u);
  EXPECT_EQ(machine.x(12), code + 8);
}

TEST(Instructions, ZeroRegisterStaysZero) {
  Machine machine;
  machine.load({addi(0, 0, 5), lui(0, 1), add(0, 10, 10), jal(0, 4), lw(0, 0, 5), csrrw(0, csr::mscratch, 10),
                r(1, 4, 0, 10, 10), addi(11, 0, 0)});
  machine.cpu.set_register(5, data);
  machine.cpu.set_register(10, 7);
  machine.put_word(data, 9);
  machine.step(8);
  EXPECT_EQ(machine.x(0), 0u);
  EXPECT_EQ(machine.x(11), 0u);
}

struct BranchCase {
  const char* name;
  std::uint32_t function, a, b;
  bool taken;
};

class BranchInstruction : public testing::TestWithParam<BranchCase> {};

TEST_P(BranchInstruction, Decides) {
  const BranchCase& given = GetParam();
  EXPECT_EQ(result_of(branch(given.function, 11, 12, 8), given.a, given.b), 0u);
  Machine machine;
  machine.load({branch(given.function, 11, 12, 8)});
  machine.cpu.set_register(11, given.a);
  machine.cpu.set_register(12, given.b);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), code + (given.taken ? 8 : 4)) << given.name;
}

INSTANTIATE_TEST_SUITE_P(
    Edges, BranchInstruction,
    testing::Values(BranchCase{"beq", 0, 3, 3, true}, BranchCase{"beq not", 0, 3, 4, false},
                    BranchCase{"bne", 1, 3, 4, true}, BranchCase{"bne not", 1, 3, 3, false},
                    BranchCase{"blt signed", 4, lowest, 0, true}, BranchCase{"blt equal", 4, 1, 1, false},
                    BranchCase{"bge signed", 5, 0, lowest, true}, BranchCase{"bge equal", 5, 1, 1, true},
                    BranchCase{"bge not", 5, minus_one, 0, false},
                    BranchCase{"bltu unsigned", 6, 0, lowest, true},
                    BranchCase{"bltu not", 6, lowest, 0, false}, BranchCase{"bgeu", 7, minus_one, 1, true},
                    BranchCase{"bgeu equal", 7, 1, 1, true}, BranchCase{"bgeu not", 7, 0, 1, false}));

TEST(Instructions, JumpsLinkAndGoBack) {
  Machine machine;
  machine.load({jal(1, 12), addi(10, 0, 1), wfi, addi(11, 0, 2), jalr(5, 1, 0)});
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(1), code + 4);
  EXPECT_EQ(machine.x(5), code + 20);
  EXPECT_EQ(machine.x(10), 1u);
  EXPECT_EQ(machine.x(11), 2u);
}

TEST(Instructions, JumpThroughRegisterClearsTheLowestBit) {
  Machine machine;
  machine.load({jalr(1, 1, 1)});  // target and link are one register: the target is read first
  machine.cpu.set_register(1, code + 0x100);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), code + 0x100);
  EXPECT_EQ(machine.x(1), code + 4);
}

TEST(Instructions, BranchesAndJumpsBeyondTheRegionFault) {
  // The last word of SRAM, one behind it, and RTC memory's first.
  for (const std::uint32_t instruction : {jal(1, 8), branch(0, 0, 0, 8)}) {
    Machine machine;
    machine.load({instruction}, 0x403D'FFFC);
    machine.step();
    EXPECT_EQ(machine.cpu.pc(), 0x403E'0004u);
    machine.step();
    EXPECT_EQ(machine.cpu.csr(csr::mcause), 1u);
    EXPECT_EQ(machine.cpu.csr(csr::mepc), 0x403E'0004u);
  }
  Machine untaken;
  untaken.load({branch(1, 0, 0, -8)}, 0x5000'0000);
  untaken.step();
  EXPECT_EQ(untaken.cpu.pc(), 0x5000'0004u);
  Machine backward;
  backward.load({jal(1, -4)}, 0x5000'0000);
  backward.step();
  EXPECT_EQ(backward.cpu.pc(), 0x4FFF'FFFCu);
  EXPECT_EQ(backward.x(1), 0x5000'0004u);
}

TEST(Instructions, LoadsExtend) {
  Machine machine;
  machine.put_word(data, 0x8381'8280);
  machine.load({lb(10, 0, 5), lbu(11, 0, 5), lh(12, 2, 5), lhu(13, 2, 5), lw(14, 0, 5)});
  machine.cpu.set_register(5, data);
  machine.step(5);
  EXPECT_EQ(machine.x(10), 0xFFFF'FF80u);
  EXPECT_EQ(machine.x(11), 0x80u);
  EXPECT_EQ(machine.x(12), 0xFFFF'8381u);
  EXPECT_EQ(machine.x(13), 0x8381u);
  EXPECT_EQ(machine.x(14), 0x8381'8280u);
}

TEST(Instructions, StoresLeaveNeighboursAlone) {
  Machine machine;
  machine.put_word(data, minus_one);
  machine.put_word(data + 4, minus_one);
  machine.load({sb(10, 1, 5), sh(10, 6, 5)});
  machine.cpu.set_register(5, data);
  machine.cpu.set_register(10, 0x1234'5678);
  machine.step(2);
  EXPECT_EQ(machine.word(data), 0xFFFF'78FFu);
  EXPECT_EQ(machine.word(data + 4), 0x5678'FFFFu);
}

TEST(Instructions, UndefinedWordsAreIllegal) {
  for (const std::uint32_t word : {
           0xFFFF'FFFFu,             // all ones
           0x0000'007Fu,             // longer than 32 bits
           0x0000'0007u,             // floating-point load
           0x0000'002Fu,             // atomic
           0x0000'3003u,             // ld
           0x0000'3023u,             // sd
           0x0000'2063u,             // a branch that does not exist
           0x0000'1067u,             // jalr with a function
           0x0200'1013u | 1u << 25,  // slli by more than 31
           0x8000'5013u,             // a shift that is neither logical nor arithmetic
           0x4000'1033u,             // sub's alternative of another function
           0x0400'0033u,             // function that register instructions do not have
           0x0000'200Fu,             // fence with a function
           0x0000'4073u,             // the CSR function that does not exist
           0x0020'0073u,             // uret
           0x1020'0073u,             // sret
           0x7B20'0073u,             // dret, outside debug mode
           0x0000'00F3u,             // ecall with a destination
       })
    EXPECT_EQ(decode(word).operation, Operation::illegal) << std::hex << word;
}

TEST(Instructions, FencesAndHintsDoNothing) {
  Machine machine;
  machine.load({fence, fence_i, nop, 0x0000'500F & ~0x5000u});
  machine.step(4);
  EXPECT_EQ(machine.cpu.pc(), code + 16);
  EXPECT_EQ(machine.instructions(), 4u);
  EXPECT_EQ(machine.cycles(), 4u);
}

}  // namespace
}  // namespace ferry::board
