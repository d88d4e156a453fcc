// Cycles, retired instructions, the performance counter, and cycles against time.
#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;
using testing::ElementsAre;

struct Cost {
  std::uint64_t cycles, instructions;
  bool operator==(const Cost&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Cost& cost) {
  return out << cost.cycles << " cycles, " << cost.instructions << " instructions";
}

// A program up to its wfi, which takes the last cycle. x5 points to data, x6 to a device.
Cost cost_of(std::initializer_list<std::uint32_t> program) {
  Machine machine;
  machine.load(program);
  machine.cpu.set_register(5, data);
  machine.cpu.set_register(6, device_base);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  const Cost run{machine.cycles() - 1, machine.instructions() - 1};

  // One instruction at a time takes as long.
  Machine stepped;
  stepped.load(program);
  stepped.cpu.set_register(5, data);
  stepped.cpu.set_register(6, device_base);
  while (!stepped.cpu.waiting()) stepped.step();
  const Cost steps{stepped.cycles() - 1, stepped.instructions() - 1};
  EXPECT_EQ(run, steps);
  return run;
}

TEST(CpuTiming, Instructions) {
  EXPECT_EQ(cost_of({addi(10, 0, 1), add(10, 10, 10), lui(10, 1), wfi}), (Cost{3, 3}));
  EXPECT_EQ(cost_of({r(1, 0, 10, 10, 10), wfi}), (Cost{1, 1})) << "mul";
  EXPECT_EQ(cost_of({r(1, 3, 10, 10, 10), wfi}), (Cost{2, 1})) << "mulhu";
  EXPECT_EQ(cost_of({r(1, 4, 10, 10, 10), wfi}), (Cost{10, 1})) << "div";
  EXPECT_EQ(cost_of({r(1, 7, 0, 10, 10), wfi}), (Cost{10, 1})) << "remu for nobody";
  EXPECT_EQ(cost_of({jal(0, 4), wfi}), (Cost{2, 1}));
  EXPECT_EQ(cost_of({auipc(10, 0), jalr(0, 10, 8), wfi}), (Cost{4, 2}));
  EXPECT_EQ(cost_of({bne(0, 0, 8), wfi}), (Cost{1, 1})) << "not taken";
  EXPECT_EQ(cost_of({beq(0, 0, 4), wfi}), (Cost{3, 1})) << "taken";
  EXPECT_EQ(cost_of({csrrs(10, csr::mstatus, 0), wfi}), (Cost{1, 1}));
  EXPECT_EQ(cost_of({sw(10, 0, 5), sb(10, 5, 5), wfi}), (Cost{2, 2}));
}

TEST(CpuTiming, LoadStallsForTheNextInstructionOnly) {
  EXPECT_EQ(cost_of({lw(10, 0, 5), nop, addi(11, 10, 0), wfi}), (Cost{3, 3}));
  EXPECT_EQ(cost_of({lw(10, 0, 5), addi(11, 10, 0), wfi}), (Cost{3, 2}));
  EXPECT_EQ(cost_of({lw(10, 0, 5), add(11, 0, 10), wfi}), (Cost{3, 2}));
  EXPECT_EQ(cost_of({lw(10, 0, 5), sw(10, 0, 5), wfi}), (Cost{3, 2})) << "as data of a store";
  EXPECT_EQ(cost_of({lw(10, 0, 5), bne(0, 10, 8), wfi}), (Cost{3, 2}));
  EXPECT_EQ(cost_of({lw(10, 0, 5), csrrw(0, csr::mscratch, 10), wfi}), (Cost{3, 2}));
  EXPECT_EQ(cost_of({lw(10, 0, 5), csrrwi(0, csr::mscratch, 10), wfi}), (Cost{2, 2}))
      << "10 is no register here";
  EXPECT_EQ(cost_of({lw(10, 0, 5), lui(11, 0x50), wfi}), (Cost{2, 2}))
      << "immediate bits are no register either";
  EXPECT_EQ(cost_of({lw(0, 0, 5), addi(11, 0, 0), wfi}), (Cost{2, 2})) << "x0 is always there";
}

TEST(CpuTiming, SlowAccesses) {
  EXPECT_EQ(cost_of({lw(10, 2, 5), wfi}), (Cost{2, 1})) << "misaligned";
  EXPECT_EQ(cost_of({lw(10, 2, 5), addi(10, 10, 1), wfi}), (Cost{4, 2})) << "misaligned, and waited for";
  EXPECT_EQ(cost_of({sw(10, 0, 6), wfi}), (Cost{8, 1}));
  EXPECT_EQ(cost_of({lw(10, 0, 6), nop, wfi}), (Cost{9, 2}));
  EXPECT_EQ(cost_of({lui(7, rtc >> 12), lw(10, 0, 7), nop, wfi}), (Cost{3, 3}));
}

TEST(CpuTiming, TrapsAndReturns) {
  Machine machine;
  machine.cpu.set_csr(csr::mtvec, code + 0x1000);
  machine.place({mret}, code + 0x1000);
  machine.load({ecall});
  machine.step();
  EXPECT_EQ(machine.cycles(), 4u);
  EXPECT_EQ(machine.instructions(), 0u);
  machine.step();
  EXPECT_EQ(machine.cycles(), 7u);
  EXPECT_EQ(machine.instructions(), 1u);
}

TEST(CpuTiming, LongLoopsCountExactly) {
  Machine machine;
  machine.load(
      {lui(10, 0x2000), lw(11, 0, 5), addi(11, 11, 1), sw(11, 0, 5), addi(10, 10, -1), bne(10, 0, -16), wfi});
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  constexpr std::uint64_t rounds = 0x2000 << 12;  // more than one stretch of the engine's counters
  EXPECT_EQ(machine.instructions(), 1 + 5 * rounds + 1);
  EXPECT_EQ(machine.cycles(), 1 + 8 * rounds - 2 + 1);
  EXPECT_EQ(machine.word(data), rounds);
}

// ---- Time

TEST(CpuTiming, TimeIsCyclesTimesPeriod) {
  Machine machine;
  machine.load({nop, nop, nop, wfi});
  machine.cpu.run(never);
  EXPECT_EQ(machine.timeline.now(), 4 * machine.clocks.cpu());
}

TEST(CpuTiming, ClockMayChangeUnderWay) {
  Machine machine;
  constexpr Time slow = 50'000, fast = 6'250;
  std::vector<Time> seen;
  machine.device.on_access = [&] {
    seen.push_back(machine.timeline.now());
    if (seen.size() == 1) machine.clocks.set_cpu_and_apb(fast, 12'500);
    if (seen.size() == 2) machine.clocks.set_cpu_and_apb(slow, slow);
  };
  machine.load({nop, nop, sw(0, 0, 6), nop, nop, nop, sw(0, 0, 6), nop, sw(0, 0, 6), wfi});
  machine.cpu.set_register(6, device_base);
  machine.cpu.run(never);
  const Time first = 2 * slow, second_access = first + (8 + 3) * fast, third = second_access + (8 + 1) * slow;
  EXPECT_THAT(seen, ElementsAre(first, second_access, third));
  EXPECT_EQ(machine.cycles(), 2u + 8 + 3 + 8 + 1 + 8 + 1) << "cycles do not care";
}

TEST(CpuTiming, ClockMayChangeInWfi) {
  Machine machine;
  constexpr Time slow = 50'000, fast = 6'250;
  Event change(machine.timeline, [&] { machine.clocks.set_cpu_and_apb(fast, 12'500); });
  Event wake(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  change.at(10 * slow + 1);
  wake.at(20 * slow);
  Time seen = 0;
  machine.device.on_access = [&] { seen = machine.timeline.now(); };
  machine.load({wfi, sw(0, 0, 6), loop_forever});
  machine.cpu.set_register(6, device_base);
  machine.cpu.run(25 * slow);
  EXPECT_GE(seen, 20 * slow);
  EXPECT_LT(seen, 20 * slow + fast) << "the first edge of the new clock after what woke the CPU";
  EXPECT_EQ(machine.cpu.counters().idle, seen - slow) << "all but wfi's own cycle";
}

TEST(CpuTiming, WakingWaitsForTheNextClockEdge) {
  Machine machine;
  Event wake(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  wake.at(12'345'678);
  Time seen = 0;
  machine.device.on_access = [&] { seen = machine.timeline.now(); };
  machine.load({wfi, sw(0, 0, 6), loop_forever});
  machine.cpu.set_register(6, device_base);
  machine.cpu.run(20'000'000);
  EXPECT_EQ(seen, 12'350'000u);
}

TEST(CpuTiming, WaitingCostsNothingThatGrowsWithItsLength) {
  Machine machine;
  Event wake(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  wake.at(100'000 * second);
  machine.load({wfi, addi(10, 0, 1), loop_forever});
  machine.cpu.run(100'000 * second + microsecond);
  EXPECT_EQ(machine.x(10), 1u);
  EXPECT_LT(machine.cycles(), 100u);
  EXPECT_EQ(machine.cpu.counters().idle, 100'000 * second - machine.clocks.cpu());
}

// ---- The performance counter: x10 has what it counted over a piece of code

namespace event = performance_event;

std::uint32_t counted(std::uint32_t events, std::initializer_list<std::uint32_t> body, std::uint32_t mode = 1,
                      std::uint32_t from = 0) {
  Machine machine;
  std::vector<std::uint32_t> program{csrrw(0, csr::mpcer, 20), csrrw(0, csr::mpccr, 22),
                                     csrrw(0, csr::mpcmr, 21)};
  program.insert(program.end(), body);
  program.insert(program.end(), {csrrwi(0, csr::mpcmr, 0), csrrs(10, csr::mpccr, 0), wfi});
  std::uint32_t address = code;
  for (const std::uint32_t word : program) machine.put_word(address, word), address += 4;
  machine.cpu.set_pc(code);
  machine.cpu.set_register(5, data);
  machine.cpu.set_register(20, events);
  machine.cpu.set_register(21, mode);
  machine.cpu.set_register(22, from);
  Event wake(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  wake.at(100 * machine.clocks.cpu());
  machine.cpu.run(200 * machine.clocks.cpu());
  return machine.x(10);
}

// Two instructions of the frame are counted, too: the one that enables and the one that disables.
TEST(PerformanceCounter, CyclesAndInstructions) {
  EXPECT_EQ(counted(event::cycle, {}), 1u);
  EXPECT_EQ(counted(event::cycle, {nop, beq(0, 0, 4), lw(10, 0, 5), addi(10, 10, 0)}), 1u + 1 + 3 + 2 + 1);
  EXPECT_EQ(counted(event::instruction, {nop, beq(0, 0, 4), lw(10, 0, 5), addi(10, 10, 0)}), 1u + 4);
  EXPECT_EQ(counted(event::cycle | event::instruction | event::load, {nop, beq(0, 0, 4)}), 1u + 4)
      << "one cycle counts once";
  EXPECT_EQ(counted(0, {nop}), 0u);
}

TEST(PerformanceCounter, StopsInWfi) {
  EXPECT_EQ(counted(event::cycle, {wfi, nop}), 3u);
  EXPECT_GT(counted(event::idle, {wfi, nop}), 90u);
  EXPECT_GT(counted(event::idle | event::cycle, {wfi, nop}), 93u);
}

TEST(PerformanceCounter, KindsOfInstructions) {
  const std::initializer_list<std::uint32_t> body{
      lw(10, 0, 5), sw(10, 4, 5),         // a load, its hazard, a store
      jal(0, 4),    bne(0, 0, 8),         // a jump, a branch
      beq(0, 0, 8), sw(10, 8, 5),         // one that is taken, and what it jumps over
      0x0001'0001,  lbu(10, 0, 5), nop};  // two compressed nops, and a load that nobody waits for
  EXPECT_EQ(counted(event::load, body), 2u);
  EXPECT_EQ(counted(event::store, body), 1u);
  EXPECT_EQ(counted(event::load_hazard, body), 1u);
  EXPECT_EQ(counted(event::jump_hazard, body), 2u) << "the jump and the taken branch";
  EXPECT_EQ(counted(event::unconditional_jump, body), 1u);
  EXPECT_EQ(counted(event::branch, body), 2u);
  EXPECT_EQ(counted(event::taken_branch, body), 1u);
  EXPECT_EQ(counted(event::compressed, body), 2u);
  EXPECT_EQ(counted(event::load | event::store, body), 3u);
  EXPECT_EQ(counted(event::branch | event::taken_branch, body), 2u) << "simultaneous events count once";
  EXPECT_EQ(counted(event::load | event::load_hazard, body), 3u) << "the hazard is a cycle of its own";
}

TEST(PerformanceCounter, WrapsOrSaturates) {
  EXPECT_EQ(counted(event::cycle, {nop, nop, nop}, 1, 0xFFFF'FFFE), 2u);
  EXPECT_EQ(counted(event::cycle, {nop, nop, nop}, 3, 0xFFFF'FFFE), 0xFFFF'FFFFu);
  EXPECT_EQ(counted(event::cycle, {nop, nop, nop}, 0, 5), 5u) << "not enabled";
}

}  // namespace
}  // namespace ferry::board
