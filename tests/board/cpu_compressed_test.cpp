// Every one of the 49152 halfwords that are compressed instructions or could be.
#include "board/cpu/decode.hpp"
#include "tests/board/cpu_machine.hpp"
#include "tests/cpu/encode.hpp"

#include <gtest/gtest.h>

#include <map>

namespace ferry::board {
namespace {

namespace encode = cpu_test::encode;

// All valid encodings with the instruction each stands for, made from the formats rather than by taking bits
// apart.
class ValidEncodings {
 public:
  ValidEncodings() {
    quadrant0();
    quadrant1_immediates();
    quadrant1_arithmetic();
    quadrant1_transfers();
    quadrant2();
  }
  const std::map<std::uint16_t, std::uint32_t>& all() const { return meaning_; }

 private:
  void add(std::uint16_t half, std::uint32_t word) {
    const auto [place, fresh] = meaning_.emplace(half, word);
    EXPECT_TRUE(fresh) << "two meanings of " << std::hex << half;
  }

  void quadrant0() {
    for (unsigned rd = 8; rd < 16; ++rd) {
      for (std::uint32_t offset = 4; offset < 1024; offset += 4)
        add(encode::c_addi4spn(rd, offset), encode::addi(rd, 2, static_cast<int>(offset)));
      for (unsigned base = 8; base < 16; ++base)
        for (std::uint32_t offset = 0; offset < 128; offset += 4) {
          add(encode::c_word(2, rd, base, offset), encode::lw(rd, static_cast<int>(offset), base));
          add(encode::c_word(6, rd, base, offset), encode::sw(rd, static_cast<int>(offset), base));
        }
    }
  }

  void quadrant1_immediates() {
    for (unsigned rd = 0; rd < 32; ++rd)
      for (int immediate = -32; immediate < 32; ++immediate) {
        add(encode::ci(0, rd, immediate, 1), encode::addi(rd, rd, immediate));
        add(encode::ci(2, rd, immediate, 1), encode::addi(rd, 0, immediate));
        if (rd != 2 && immediate != 0)
          add(encode::ci(3, rd, immediate, 1),
              encode::lui(rd, static_cast<std::uint32_t>(immediate) & 0xF'FFFF));
      }
    for (int move = -512; move < 512; move += 16)
      if (move != 0) add(encode::c_addi16sp(move), encode::addi(2, 2, move));
  }

  void quadrant1_arithmetic() {
    for (unsigned rd = 8; rd < 16; ++rd) {
      for (int shift = 0; shift < 32; ++shift) {
        add(encode::c_shift_and(0, rd, shift), encode::i_type(0x13, 5, rd, rd, shift));
        add(encode::c_shift_and(1, rd, shift), encode::i_type(0x13, 5, rd, rd, shift | 0x400));
      }
      for (int immediate = -32; immediate < 32; ++immediate)
        add(encode::c_shift_and(2, rd, immediate), encode::andi(rd, rd, immediate));
      for (unsigned rs2 = 8; rs2 < 16; ++rs2) {
        add(encode::c_arithmetic(0, rd, rs2), encode::sub(rd, rd, rs2));
        add(encode::c_arithmetic(1, rd, rs2), encode::exclusive_or(rd, rd, rs2));
        add(encode::c_arithmetic(2, rd, rs2), encode::r_type(0x33, 6, 0, rd, rd, rs2));
        add(encode::c_arithmetic(3, rd, rs2), encode::r_type(0x33, 7, 0, rd, rd, rs2));
      }
    }
  }

  void quadrant1_transfers() {
    for (int distance = -2048; distance < 2048; distance += 2) {
      add(encode::c_jump(1, distance), encode::jal(1, distance));
      add(encode::c_jump(5, distance), encode::jal(0, distance));
    }
    for (unsigned rs1 = 8; rs1 < 16; ++rs1)
      for (int distance = -256; distance < 256; distance += 2) {
        add(encode::c_branch(6, rs1, distance), encode::b_type(0, rs1, 0, distance));
        add(encode::c_branch(7, rs1, distance), encode::b_type(1, rs1, 0, distance));
      }
  }

  void quadrant2() {
    for (unsigned rd = 0; rd < 32; ++rd) {
      for (int shift = 0; shift < 32; ++shift)
        add(encode::ci(0, rd, shift, 2), encode::i_type(0x13, 1, rd, rd, shift));
      for (std::uint32_t offset = 0; offset < 256; offset += 4) {
        if (rd != 0) add(encode::c_lwsp(rd, offset), encode::lw(rd, static_cast<int>(offset), 2));
        add(encode::c_swsp(rd, offset), encode::sw(rd, static_cast<int>(offset), 2));
      }
      for (unsigned rs2 = 1; rs2 < 32; ++rs2) {
        add(encode::cr(0, rd, rs2), encode::add(rd, 0, rs2));
        add(encode::cr(1, rd, rs2), encode::add(rd, rd, rs2));
      }
      if (rd != 0) {
        add(encode::cr(0, rd, 0), encode::jalr(0, rd, 0));
        add(encode::cr(1, rd, 0), encode::jalr(1, rd, 0));
      }
    }
    add(encode::cr(1, 0, 0), 0x0010'0073);  // c.ebreak
  }

  std::map<std::uint16_t, std::uint32_t> meaning_;
};

TEST(Compressed, EveryHalfwordMeansWhatTheManualSays) {
  const ValidEncodings valid;
  for (std::uint32_t half = 0; half < 0x1'0000; ++half) {
    if (!is_compressed(half)) continue;
    const auto place = valid.all().find(static_cast<std::uint16_t>(half));
    const std::uint32_t expected = place == valid.all().end() ? 0 : place->second;
    ASSERT_EQ(expand_compressed(static_cast<std::uint16_t>(half)), expected) << std::hex << half;
  }
}

TEST(Compressed, DecodesAsItsExpansionButShorter) {
  const ValidEncodings encodings;
  for (const auto& [half, word] : encodings.all()) {
    const Instruction compressed = decode(half | 0xABCD'0000u), full = decode(word);
    ASSERT_NE(compressed.operation, Operation::illegal) << std::hex << half;
    ASSERT_EQ(compressed.operation, full.operation) << std::hex << half;
    ASSERT_EQ(compressed.destination, full.destination);
    ASSERT_EQ(compressed.source1, full.source1);
    ASSERT_EQ(compressed.source2, full.source2);
    ASSERT_EQ(compressed.immediate, full.immediate);
    ASSERT_EQ(compressed.length, 2);
    ASSERT_EQ(compressed.word, half);
  }
}

TEST(Compressed, LinkIsTheAddressTwoBytesOn) {
  test::Machine machine;
  machine.put_half(test::code, encode::c_jump(1, 0x20));
  machine.cpu.set_pc(test::code);
  machine.step();
  EXPECT_EQ(machine.x(1), test::code + 2);
  EXPECT_EQ(machine.cpu.pc(), test::code + 0x20);
}

TEST(Compressed, FullInstructionsMayLieOnHalfwords) {
  test::Machine machine;
  machine.put_half(test::code, encode::ci(2, 10, 5, 1));  // c.li a0, 5
  machine.put_word(test::code + 2, encode::addi(11, 10, 100));
  machine.put_half(test::code + 6, encode::cr(1, 11, 10));  // c.add a1, a0
  machine.put_word(test::code + 8, test::assemble::wfi);
  machine.cpu.set_pc(test::code);
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 110u);
  EXPECT_EQ(machine.instructions(), 4u);
}

// Code may be entered in the middle of a longer instruction, and both readings stay apart.
TEST(Compressed, OverlappingInstructionsAreBothExecuted) {
  test::Machine machine;
  // lui a0, 0x05850 holds `c.addi a1, 1` in its upper half.
  const std::uint16_t upper = encode::ci(0, 11, 1, 1);
  const std::uint32_t word = encode::lui(10, static_cast<std::uint32_t>(upper) << 4 | 7);
  ASSERT_EQ(word >> 16, upper);
  machine.load({word, encode::jal(0, -2), test::assemble::wfi});
  for (const unsigned steps : {1u, 1u, 1u, 1u}) machine.step(steps);
  EXPECT_EQ(machine.x(10), word & 0xFFFF'F000u);
  EXPECT_EQ(machine.x(11), 1u);
  EXPECT_EQ(machine.cpu.pc(), test::code + 2) << "round and round";
}

}  // namespace
}  // namespace ferry::board
