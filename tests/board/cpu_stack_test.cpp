// Who follows the stack pointer hears of each instruction that leaves it above the limit, and the run is the
// same.
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

namespace ferry::board {

using How = StackMove::How;

bool operator==(const StackMove& one, const StackMove& other) {
  return std::tie(one.from, one.to, one.pc, one.how) == std::tie(other.from, other.to, other.pc, other.how);
}
std::ostream& operator<<(std::ostream& out, const StackMove& move) {
  return out << std::hex << "from " << move.from << " to " << move.to << " at " << move.pc << ", "
             << static_cast<int>(move.how);
}

namespace {

using namespace test;
using namespace test::assemble;

constexpr unsigned ra = 1, sp = 2, t0 = 5, t1 = 6, s0 = 8, s1 = 9, a0 = 10, a1 = 11;
constexpr std::uint32_t top = data + 0x1000;

struct Follower : StackFollower {
  void stack_moved(const StackMove& move) override { moves.push_back(move); }
  void stack_put(std::uint32_t pointer, std::uint32_t pc) override { puts.emplace_back(pointer, pc); }
  std::vector<StackMove> moves;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> puts;
};

class CpuStack : public testing::Test {
 protected:
  void run(const std::vector<std::uint32_t>& program, std::optional<std::uint32_t> limit,
           Time time = millisecond) {
    machine = std::make_unique<Machine>();
    machine->cpu.translate_after(2);
    machine->cpu.skip_idle_loops(false);  // of what repeats itself, one would hear only at first
    std::uint32_t address = code;
    for (const std::uint32_t word : program) machine->put_word(std::exchange(address, address + 4), word);
    machine->cpu.set_pc(code);
    machine->cpu.set_register(sp, top);
    if (limit) machine->cpu.follow_stack(&follower, *limit);
    if (tell) machine->cpu.tell_of_stacks(&follower);
    machine->cpu.run(time);
  }
  static std::uint32_t at(unsigned instruction) { return code + 4 * instruction; }

  Follower follower;
  bool tell = false;
  std::unique_ptr<Machine> machine;
};

TEST_F(CpuStack, TellsHowThePointerWasRaised) {
  run({addi(sp, sp, -64), addi(s0, sp, 64), addi(s1, sp, 16), addi(a0, sp, 32), addi(sp, sp, -16),
       addi(sp, sp, 16), addi(sp, s0, -32), addi(sp, s1, 0), addi(sp, a0, 0), addi(t0, 0, 16),
       add(sp, sp, t0), lui(t1, data >> 12), sw(s0, 0, t1), lw(sp, 0, t1), csrrw(sp, 0x340, s1),
       csrrw(sp, 0x340, s1), loop_forever},
      top - 64);
  EXPECT_EQ(follower.moves, (std::vector<StackMove>{{top - 64, top - 32, at(6), How::added},
                                                    {top - 32, top - 48, at(7), How::put_back},
                                                    {top - 48, top - 32, at(8), How::other},
                                                    {top - 32, top - 16, at(10), How::added},
                                                    {top - 16, top, at(13), How::other},
                                                    {0, top - 48, at(15), How::other}}));
}

TEST_F(CpuStack, HearsNothingBelowTheLimit) {
  run({addi(sp, sp, -64), addi(sp, sp, 64), addi(sp, sp, -16), lui(t1, data >> 12), sw(sp, 0, t1),
       lw(sp, 0, t1), loop_forever},
      top);
  EXPECT_TRUE(follower.moves.empty());
}

TEST_F(CpuStack, TellsOfPointersThatAreNotOfTheOldStack) {
  const std::vector<std::uint32_t> program{
      addi(sp, sp, -64), addi(s0, sp, 64), addi(t0, sp, 16),     addi(sp, s0, -32),    addi(sp, sp, 16),
      addi(sp, t0, 0),   addi(sp, t0, 16), lui(t1, data >> 12),  sw(s0, 0, t1),        lw(sp, 0, t1),
      lui(sp, 0x3fc90),  addi(sp, sp, 32), csrrw(sp, 0x340, s0), csrrw(sp, 0x340, s0), loop_forever};
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> puts{
      {top - 48, at(5)}, {top - 32, at(6)}, {top, at(9)}, {0x3fc9'0000, at(10)}, {0, at(12)}, {top, at(13)}};
  tell = true;
  run(program, std::nullopt);
  EXPECT_EQ(follower.puts, puts);
  EXPECT_TRUE(follower.moves.empty());
  follower.puts.clear();
  run(program, top);
  EXPECT_EQ(follower.puts, puts);
}

// A function that calls another one, over and over, translated and not.
std::vector<std::uint32_t> calls() {
  return {addi(a0, 0, 500), jal(ra, 16),                                                             // outer
          addi(a0, a0, -1), bne(a0, 0, -8), loop_forever,     addi(sp, sp, -32),                     // outer
          sw(ra, 28, sp),   sw(a0, 24, sp), jal(ra, 20),                                             // inner
          lw(ra, 28, sp),   lw(a0, 24, sp), addi(sp, sp, 32), jalr(0, ra, 0),    addi(sp, sp, -16),  // inner
          sw(a0, 0, sp),    lw(a1, 0, sp),  add(t0, t0, a1),  addi(sp, sp, 16),  jalr(0, ra, 0)};
}

TEST_F(CpuStack, TheRunIsTheSame) {
  run(calls(), std::nullopt);
  const std::uint64_t cycles = machine->cycles(), instructions = machine->instructions();
  const std::uint32_t sum = machine->x(t0);
  run(calls(), top - 32);
  EXPECT_EQ(machine->cycles(), cycles);
  EXPECT_EQ(machine->instructions(), instructions);
  EXPECT_EQ(machine->x(t0), sum);
  EXPECT_EQ(follower.moves.size(), 500u);
  EXPECT_EQ(follower.moves.back(), (StackMove{top - 32, top, at(11), How::added}));
}

// Two coroutines that hand over to each other, translated and not.
TEST_F(CpuStack, TellsOfEachSwitchAndTheRunIsTheSame) {
  const std::vector<std::uint32_t> switches{lui(t1, data >> 12), addi(a0, 0, 500), sw(sp, 0, t1),
                                            addi(s1, sp, -128),  addi(sp, s1, 0),  addi(sp, sp, -16),
                                            addi(t0, t0, 1),     addi(sp, sp, 16), lw(sp, 0, t1),
                                            addi(a0, a0, -1),    bne(a0, 0, -24),  loop_forever};
  run(switches, std::nullopt);
  const std::uint64_t cycles = machine->cycles(), instructions = machine->instructions();
  tell = true;
  run(switches, std::nullopt);
  EXPECT_EQ(machine->cycles(), cycles);
  EXPECT_EQ(machine->instructions(), instructions);
  EXPECT_EQ(machine->x(t0), 500u);
  EXPECT_EQ(follower.puts.size(), 1000u);
}

TEST_F(CpuStack, HearsNothingOfWhatWasHigherBefore) {
  run(calls(), std::nullopt);
  const std::uint64_t cycles = machine->cycles(), instructions = machine->instructions();
  run(calls(), std::nullopt, 0);
  machine->cpu.follow_stack(&follower, data, top - 40);
  machine->cpu.run(millisecond);
  EXPECT_EQ(machine->cycles(), cycles);
  EXPECT_EQ(machine->instructions(), instructions);
  EXPECT_EQ(follower.moves.size(), 500u);
  EXPECT_EQ(follower.moves.back(), (StackMove{top - 48, top - 32, at(17), How::added}));
}

TEST_F(CpuStack, MayBeFollowedAndNotInTurns) {
  run(calls(), std::nullopt, 0);
  const Time end = millisecond;
  for (Time time = 0; time < end; time += microsecond) {
    machine->cpu.run(time);
    machine->cpu.follow_stack(time / microsecond % 3 == 1 ? &follower : nullptr, top - 32);
  }
  machine->cpu.run(end);
  const std::uint64_t cycles = machine->cycles(), instructions = machine->instructions();
  const std::uint32_t sum = machine->x(t0);
  EXPECT_FALSE(follower.moves.empty());
  EXPECT_LT(follower.moves.size(), 500u);
  run(calls(), std::nullopt, end);
  EXPECT_EQ(machine->cycles(), cycles);
  EXPECT_EQ(machine->instructions(), instructions);
  EXPECT_EQ(machine->x(t0), sum);
}

TEST_F(CpuStack, ABreakpointBehindMakesNoDifference) {
  run(calls(), top - 32, 0);
  machine->cpu.set_breakpoint(at(12));
  EXPECT_EQ(machine->cpu.run(millisecond), StopReason::breakpoint);
  EXPECT_EQ(follower.moves.size(), 1u);
  EXPECT_EQ(machine->cpu.run(millisecond), StopReason::breakpoint);
  EXPECT_EQ(follower.moves.size(), 2u);
}

TEST_F(CpuStack, StepsTellToo) {
  run(calls(), top - 32, 0);
  for (unsigned steps = 0; steps < 40; ++steps) machine->cpu.step();
  EXPECT_EQ(follower.moves.size(), 2u);
}

}  // namespace
}  // namespace ferry::board
