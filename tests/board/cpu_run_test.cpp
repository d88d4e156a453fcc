// Running, stepping, stopping, resetting.
#include "tests/board/cpu_machine.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

TEST(CpuRun, EndsAtTheTimeAskedFor) {
  Machine machine;
  machine.load({nop, addi(10, 10, 1), jal(0, -4)});  // one cycle, then three a round
  const Time cycle = machine.clocks.cpu();
  EXPECT_EQ(machine.cpu.run(31 * cycle), StopReason::reached_time);
  EXPECT_EQ(machine.timeline.now(), 31 * cycle);
  EXPECT_EQ(machine.x(10), 10u);
  EXPECT_EQ(machine.cpu.run(32 * cycle), StopReason::reached_time);
  EXPECT_EQ(machine.timeline.now(), 34 * cycle) << "the next end of a block";
  EXPECT_EQ(machine.cpu.run(32 * cycle), StopReason::reached_time) << "nothing to do";
  EXPECT_EQ(machine.x(10), 11u);
}

TEST(CpuRun, ManyShortRunsAreOneLongRun) {
  Machine once, often;
  for (Machine* machine : {&once, &often})
    machine->load({addi(10, 10, 1), lw(11, 0, 5), add(12, 12, 11), sw(10, 0, 5), jal(0, -16)});
  for (Machine* machine : {&once, &often}) machine->cpu.set_register(5, data);
  const Time end = 100'000 * once.clocks.cpu();
  once.cpu.run(end);
  for (Time until = 0; until <= end; until += 333'333) often.cpu.run(until);
  often.cpu.run(end);
  EXPECT_EQ(once.cycles(), often.cycles());
  EXPECT_EQ(once.instructions(), often.instructions());
  EXPECT_EQ(once.x(12), often.x(12));
}

TEST(CpuRun, StepsAndRunsAgree) {
  Machine run, stepped;
  for (Machine* machine : {&run, &stepped}) {
    machine->load({addi(10, 0, 50), lw(11, 0, 5), addi(11, 11, 3), sw(11, 0, 5), addi(10, 10, -1),
                   bne(10, 0, -16), wfi});
    machine->cpu.set_register(5, data);
  }
  run.cpu.run(never);
  while (!stepped.cpu.waiting()) EXPECT_EQ(stepped.cpu.step(), std::nullopt);
  EXPECT_EQ(run.word(data), 150u);
  EXPECT_EQ(stepped.word(data), 150u);
  EXPECT_EQ(run.cycles(), stepped.cycles());
  EXPECT_EQ(run.instructions(), stepped.instructions());
  EXPECT_EQ(stepped.cpu.step(), StopReason::deadlock);
}

TEST(CpuRun, StepIsOneInstructionEvenInACommonHandler) {
  Machine machine;
  machine.load({addi(10, 0, 1), addi(11, 10, 1), addi(12, 11, 1), loop_forever});
  machine.cpu.run(Time{10'000'000});  // everything is decoded, and paired
  machine.cpu.set_pc(code);
  machine.cpu.set_register(11, 0);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), code + 4);
  EXPECT_EQ(machine.x(11), 0u);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), code + 8);
  EXPECT_EQ(machine.x(11), 2u);
}

TEST(CpuRun, StopFromADevice) {
  Machine machine;
  machine.device.on_access = [&] { machine.cpu.request_stop(); };
  machine.load({sw(0, 0, 6), addi(10, 0, 1), addi(11, 0, 1), wfi});
  machine.cpu.set_register(6, device_base);
  EXPECT_EQ(machine.cpu.run(never), StopReason::requested);
  EXPECT_EQ(machine.cpu.pc(), code + 4) << "the instruction under way is completed, no other begun";
  EXPECT_EQ(machine.instructions(), 1u);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock) << "and it goes on";
  EXPECT_EQ(machine.x(11), 1u);
}

TEST(CpuRun, StopFromAnEvent) {
  Machine machine;
  Event stop(machine.timeline, [&] { machine.cpu.request_stop(); });
  stop.at(5'000'000);
  machine.load({loop_forever});
  EXPECT_EQ(machine.cpu.run(never), StopReason::requested);
  EXPECT_EQ(machine.timeline.now(), 5'000'000u);
  stop.at(9'000'000);
  machine.load({wfi});
  EXPECT_EQ(machine.cpu.run(never), StopReason::requested) << "in wfi, too";
  EXPECT_EQ(machine.timeline.now(), 9'000'000u);
}

TEST(CpuRun, ResetFromADeviceDropsTheInstruction) {
  Machine machine;
  machine.device.on_access = [&] { machine.cpu.reset(code + 0x100); };
  machine.place({addi(11, 11, 5), wfi}, code + 0x100);
  machine.load({addi(10, 0, 1), lw(10, 0, 6), addi(12, 0, 1), wfi});
  machine.cpu.set_register(6, device_base);
  machine.cpu.set_csr(csr::mstatus, 8);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  EXPECT_EQ(machine.x(11), 5u);
  EXPECT_EQ(machine.x(10), 0u);
  EXPECT_EQ(machine.x(12), 0u);
  EXPECT_EQ(machine.cpu.csr(csr::mstatus), 0x1800u);
}

TEST(CpuRun, ResetFromAnEventWhereverTheCpuIs) {
  // In a loop, in wfi, and between an access and the time it brings the timeline to.
  for (const auto& program :
       {std::initializer_list<std::uint32_t>{loop_forever}, {wfi}, {lw(10, 0, 6), jal(0, -4)}}) {
    Machine machine;
    Event reset(machine.timeline, [&] { machine.cpu.reset(code + 0x100); });
    reset.at(1'234'567);
    machine.place({addi(11, 11, 5), wfi}, code + 0x100);
    machine.load(program);
    machine.cpu.set_register(6, device_base);
    EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
    EXPECT_EQ(machine.x(11), 5u);
    EXPECT_GE(machine.timeline.now(), 1'234'567u);
  }
}

TEST(CpuRun, ZeroedMemoryIsATrapLoopNotAHang) {
  Machine machine;
  machine.cpu.reset(code);
  EXPECT_EQ(machine.cpu.run(never), StopReason::trap_loop);
}

TEST(CpuRun, ManyProcessorsInOneProcess) {
  std::vector<std::unique_ptr<Machine>> machines;
  for (unsigned number = 0; number < 100; ++number) {
    machines.push_back(std::make_unique<Machine>());
    machines.back()->load({addi(10, 10, 1), jal(0, -4)});
    machines.back()->cpu.set_register(10, number);
  }
  for (int round = 0; round < 3; ++round)
    for (auto& machine : machines) machine->cpu.run(machine->timeline.now() + 300 * machine->clocks.cpu());
  for (unsigned number = 0; number < 100; ++number) EXPECT_EQ(machines[number]->x(10), number + 300u);
}

}  // namespace
}  // namespace ferry::board
