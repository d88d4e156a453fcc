// Frames of functions, by their code.
#include "board/memory.hpp"
#include "board/watch/code_frames.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace ferry::board::watch {
namespace {

using namespace test::assemble;

constexpr std::uint32_t code = 0x4038'0000, stack = 0x3FC9'0000;
constexpr unsigned zero = 0, ra = 1, sp = 2, t0 = 5;
constexpr std::uint32_t ret = jalr(zero, ra, 0);

class WatchCodeFrames : public testing::Test {
 protected:
  WatchCodeFrames() { registers[sp] = stack; }
  void put(std::uint32_t address, std::initializer_list<std::uint32_t> words) {
    memory.write(address, std::as_bytes(std::span(words.begin(), words.size())));
  }
  // A caller, which goes on behind its call at `address`.
  void put_caller(std::uint32_t address, int frame, int return_place) {
    put(address - 4, {jal(ra, 64), nop, lw(ra, return_place, sp), addi(sp, sp, frame), ret});
  }
  std::uint32_t frames_end(std::uint32_t pc = code) {
    return frames_end_by_code(memory, pc, registers[ra], registers[sp]);
  }

  Memory memory;
  std::array<std::uint32_t, 32> registers{};
};

TEST_F(WatchCodeFrames, AddUpAsFarAsReturnAddressesLieBehindCalls) {
  put(code, {nop, lw(ra, 28, sp), addi(sp, sp, 32), ret});
  put_caller(code + 0x104, 64, 60);
  put_caller(code + 0x204, 16, 12);
  put(stack + 28, {code + 0x104});
  put(stack + 32 + 60, {code + 0x204});
  put(stack + 32 + 64 + 12, {code + 0x300});  // nothing calls there
  EXPECT_EQ(frames_end(), stack + 32 + 64);
}

TEST_F(WatchCodeFrames, AFunctionThatCallsNoneHasItsReturnAddressInTheRegister) {
  put(code, {nop, ret});
  put_caller(code + 0x104, 64, 60);
  registers[ra] = code + 0x104;
  put_caller(code + 0x204, 16, 12);
  put(stack + 60, {code + 0x204});
  EXPECT_EQ(frames_end(), stack + 64);
}

TEST_F(WatchCodeFrames, AFunctionThatIsGoneOnToReturnsToTheSameCaller) {
  put(code, {jal(zero, 0x40)});
  put(code + 0x40, {addi(sp, sp, -16), sw(ra, 12, sp), nop, lw(ra, 12, sp), addi(sp, sp, 16), ret});
  put_caller(code + 0x104, 64, 60);
  registers[ra] = code + 0x104;
  put(stack + 60, {code + 0x204});
  put_caller(code + 0x204, 16, 12);
  EXPECT_EQ(frames_end(), stack + 64);
  // Or that function is left first.
  put(code, {lw(ra, 28, sp), addi(sp, sp, 32), jal(zero, 0x40)});
  put(stack + 28, {code + 0x204});
  EXPECT_EQ(frames_end(), stack + 32);
}

TEST_F(WatchCodeFrames, ALoopIsLeftBehindIt) {
  put(code, {nop, jal(zero, -4), lw(ra, 28, sp), addi(sp, sp, 32), ret});
  put_caller(code + 0x104, 64, 60);
  put(stack + 28, {code + 0x104});
  EXPECT_EQ(frames_end(), stack + 32);
}

TEST_F(WatchCodeFrames, WhatIsNotUnderstoodEndsTheWay) {
  registers[ra] = code + 0x104;
  put_caller(code + 0x104, 64, 60);
  for (const auto& instructions :
       {std::array{addi(sp, sp, -16), ret}, std::array{addi(sp, t0, 0), ret},
        std::array{r(0, 0, sp, sp, t0), ret}, std::array{mret, ret}, std::array{0u, ret}}) {
    put(code, {instructions[0], instructions[1]});
    EXPECT_EQ(frames_end(), stack);
  }
  EXPECT_EQ(frames_end(0), stack);
}

TEST_F(WatchCodeFrames, ALoadOfTheStackPointerIsAnotherWayOut) {
  put(code, {lw(sp, 0, t0), jalr(zero, t0, 0), lw(ra, 12, sp), addi(sp, sp, 16), ret});
  put_caller(code + 0x104, 64, 60);
  put(stack + 12, {code + 0x104});
  EXPECT_EQ(frames_end(), stack + 16);
}

}  // namespace
}  // namespace ferry::board::watch
