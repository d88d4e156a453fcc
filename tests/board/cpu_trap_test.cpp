// Exceptions, interrupts, wfi and semihosting.
#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;
using testing::ElementsAre;

constexpr std::uint32_t vectors = code + 0x1000;
constexpr std::uint32_t interrupts_on = 8;  // mstatus.MIE
constexpr Time wake_time = 1'000'000'000;   // a whole number of cycles

class TrapTest : public testing::Test {
 protected:
  TrapTest() { machine.cpu.set_csr(csr::mtvec, vectors); }
  void enable_interrupts() { machine.cpu.set_csr(csr::mstatus, interrupts_on); }
  std::uint32_t csr(std::uint32_t number) { return machine.cpu.csr(number).value(); }
  void expect_exception(std::uint32_t cause, std::uint32_t pc, std::uint32_t value) {
    EXPECT_EQ(machine.cpu.pc(), vectors);
    EXPECT_EQ(csr(csr::mcause), cause);
    EXPECT_EQ(csr(csr::mepc), pc);
    EXPECT_EQ(csr(csr::mtval), value);
  }

  Machine machine;
};

TEST_F(TrapTest, IllegalInstruction) {
  machine.load({nop, 0xFFFF'FFFF});
  machine.step(2);
  expect_exception(2, code + 4, 0xFFFF'FFFF);
}

TEST_F(TrapTest, IllegalCompressedInstruction) {
  machine.load({nop, 0x1234'0000});
  machine.step(2);
  expect_exception(2, code + 4, 0);
}

TEST_F(TrapTest, EnvironmentCallAndBreakpoint) {
  machine.load({ecall});
  machine.step();
  expect_exception(11, code, 0);
  machine.load({ebreak});
  machine.step();
  EXPECT_EQ(csr(csr::mcause), 3u);
  machine.put_half(code, 0x9002);  // c.ebreak
  machine.cpu.set_pc(code);
  machine.step();
  EXPECT_EQ(csr(csr::mcause), 3u);
  EXPECT_EQ(machine.instructions(), 0u) << "what traps does not retire";
}

TEST_F(TrapTest, LoadAndStoreFaults) {
  machine.load({lw(10, 4, 5), sw(10, -4, 5)});
  machine.cpu.set_register(5, 0x2000'0000);
  machine.cpu.set_register(10, 77);
  machine.step();
  expect_exception(5, code, 0x2000'0004);
  EXPECT_EQ(machine.x(10), 77u);
  machine.cpu.set_pc(code + 4);
  machine.step();
  expect_exception(7, code + 4, 0x1FFF'FFFC);
}

TEST_F(TrapTest, InstructionBusDataFaults) {
  machine.load({lw(10, 2, 5), sh(10, 1, 5)});
  machine.cpu.set_register(5, code);
  machine.step();
  expect_exception(5, code, code + 2);
  machine.cpu.set_pc(code + 4);
  machine.step();
  expect_exception(7, code + 4, code + 1);
}

TEST_F(TrapTest, FetchFaults) {
  // Nothing, a peripheral, the data bus, and an instruction with only its first half in memory.
  for (const std::uint32_t pc : {0u, device_base, data}) {
    machine.cpu.set_pc(pc);
    machine.step();
    expect_exception(1, pc, pc);
  }
  machine.put_half(0x403D'FFFE, 0x0003);
  machine.cpu.set_pc(0x403D'FFFE);
  machine.step();
  expect_exception(1, 0x403D'FFFE, 0x403D'FFFE);
}

TEST_F(TrapTest, RunningOverTheEndOfMemoryFaults) {
  machine.put_half(0x403D'FFFE, 0x0001);  // c.nop
  machine.load({nop}, 0x403D'FFF8);
  machine.put_half(0x403D'FFFC, 0x0001);
  machine.step(3);
  EXPECT_EQ(machine.cpu.pc(), 0x403E'0000u);
  machine.step();
  expect_exception(1, 0x403E'0000, 0x403E'0000);
}

TEST_F(TrapTest, EntryAndReturnMoveTheInterruptEnable) {
  enable_interrupts();
  machine.place({mret}, vectors);
  machine.load({ecall});
  machine.step();
  EXPECT_EQ(csr(csr::mstatus) & 0x88, 0x80u) << "MIE to MPIE";
  machine.cpu.set_csr(csr::mepc, code + 16);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), code + 16);
  EXPECT_EQ(csr(csr::mstatus) & 0x88, 0x08u) << "and back; the manual says that MPIE is cleared";
}

TEST_F(TrapTest, UserModeIsDeclinedOnceAloud) {
  machine.load({csrrw(0, csr::mstatus, 0), csrrw(0, csr::mepc, 20), mret, mret});
  machine.cpu.set_register(20, code + 12);
  machine.step(4);
  EXPECT_THAT(machine.notices.lines, ElementsAre("user mode is not modelled: mret stays in machine mode"));
  EXPECT_EQ(csr(csr::mstatus) & 0x1800, 0x1800u);
}

TEST_F(TrapTest, InterruptGoesToItsOwnVector) {
  enable_interrupts();
  machine.load({nop, nop, nop});
  machine.step();
  machine.cpu.set_interrupt(17);
  machine.step();
  EXPECT_EQ(machine.cpu.pc(), vectors + 4 * 17);
  EXPECT_EQ(csr(csr::mcause), 0x8000'0011u);
  EXPECT_EQ(csr(csr::mepc), code + 4);
  EXPECT_EQ(csr(csr::mstatus) & 0x88, 0x80u);
  EXPECT_THAT(machine.notices.interrupts, ElementsAre(17u));
}

TEST_F(TrapTest, InterruptWaitsForItsEnable) {
  machine.cpu.set_interrupt(3);
  machine.load({nop, nop, csrrsi(0, csr::mstatus, interrupts_on), nop});
  machine.place({addi(10, 10, 1), loop_forever}, vectors + 12);
  machine.cpu.run(100 * machine.clocks.cpu());
  EXPECT_EQ(csr(csr::mepc), code + 12) << "right behind the instruction that enables it";
  EXPECT_EQ(machine.x(10), 1u);
}

TEST_F(TrapTest, InterruptRaisedByAStoreIsTakenRightAfterIt) {
  enable_interrupts();
  machine.device.on_access = [&] { machine.cpu.set_interrupt(5); };
  machine.place({loop_forever}, vectors + 20);
  machine.load({addi(10, 0, 1), sw(10, 0, 5), addi(11, 0, 1), addi(12, 0, 1)});
  machine.cpu.set_register(5, device_base);
  machine.cpu.run(Time{1'000'000});
  EXPECT_EQ(csr(csr::mepc), code + 8);
  EXPECT_EQ(machine.x(11), 0u);
}

TEST_F(TrapTest, InterruptFromAnEventIsTakenAtTheEndOfTheBlock) {
  enable_interrupts();
  Event event(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  event.at(10 * machine.clocks.cpu());
  machine.load({addi(10, 10, 1), addi(11, 11, 1), addi(12, 12, 1), jal(0, -12)});  // five cycles a round
  machine.place({loop_forever}, vectors + 4);
  machine.cpu.run(20 * machine.clocks.cpu());
  EXPECT_EQ(csr(csr::mepc), code);
  EXPECT_EQ(machine.x(10), 2u) << "it was due exactly at the end of the second round";
}

TEST_F(TrapTest, InterruptInALongStraightRunIsTakenAtTheSamePlaceHoweverItWasReached) {
  Event event(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  for (std::uint32_t index = 0; index < 1000; ++index) machine.put_word(code + 4 * index, addi(10, 10, 1));
  machine.place({loop_forever}, vectors + 4);
  const auto executed_until_interrupt = [&] {
    machine.cpu.set_interrupt(0);
    machine.cpu.reset(code);
    machine.cpu.set_csr(csr::mtvec, vectors);
    enable_interrupts();
    event.after(10 * machine.clocks.cpu());
    machine.cpu.run(machine.timeline.now() + 1200 * machine.clocks.cpu());
    EXPECT_EQ(csr(csr::mepc), code + 4 * machine.x(10));
    return machine.x(10);
  };

  const std::uint32_t first = executed_until_interrupt();
  EXPECT_GE(first, 10u);
  EXPECT_LE(first, 10u + 128u) << "it does not wait for the end";
  for (const std::uint32_t entry : {1u, 31u, 33u, 63u, 64u, 65u}) {
    machine.memory.fill();  // all is decoded anew…
    for (std::uint32_t index = 0; index < 1000; ++index) machine.put_word(code + 4 * index, addi(10, 10, 1));
    machine.place({loop_forever}, vectors + 4);
    machine.cpu.set_interrupt(0);
    machine.cpu.reset(code + 4 * entry);  // …from another place
    machine.step();
    machine.cpu.run(machine.timeline.now() + machine.clocks.cpu());
    EXPECT_EQ(executed_until_interrupt(), first) << entry;
  }
}

TEST_F(TrapTest, LevelInterruptComesAgainUntilItsSourceIsQuiet) {
  enable_interrupts();
  unsigned left = 3;
  machine.device.on_access = [&] {
    if (--left == 0) machine.cpu.set_interrupt(0);
  };
  machine.cpu.set_interrupt(2);
  machine.place({sw(0, 0, 5), mret}, vectors + 8);
  machine.load({addi(10, 10, 1), wfi});
  machine.cpu.set_register(5, device_base);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  EXPECT_THAT(machine.notices.interrupts, ElementsAre(2u, 2u, 2u));
  EXPECT_EQ(machine.x(10), 1u);
}

// ---- wfi

TEST_F(TrapTest, WfiGoesOnAtTheEventThatRaisesAnInterrupt) {
  Event first(machine.timeline, [] {}), second(machine.timeline, [&] { machine.cpu.set_interrupt(4); });
  first.at(wake_time / 2);
  second.at(wake_time);
  machine.load({wfi, addi(10, 0, 1), csrrsi(0, csr::mstatus, 0), wfi});
  machine.cpu.run(wake_time + 10 * machine.clocks.cpu());
  EXPECT_EQ(machine.x(10), 1u) << "it wakes although interrupts are disabled, and takes none";
  EXPECT_TRUE(machine.notices.interrupts.empty());
}

TEST_F(TrapTest, WfiDoesNotWaitWhenSomethingIsPending) {
  machine.cpu.set_interrupt(4);
  machine.load({wfi, addi(10, 0, 1), loop_forever});
  machine.step(2);
  EXPECT_EQ(machine.x(10), 1u);
  EXPECT_EQ(machine.cpu.counters().idle, 0u);
}

TEST_F(TrapTest, InterruptFromWfiReturnsBehindIt) {
  enable_interrupts();
  Event event(machine.timeline, [&] { machine.cpu.set_interrupt(4); });
  event.at(wake_time);
  machine.place({loop_forever}, vectors + 16);
  machine.load({wfi, nop});
  machine.cpu.run(wake_time + 10 * machine.clocks.cpu());
  EXPECT_EQ(csr(csr::mepc), code + 4);
}

TEST_F(TrapTest, WfiWithNothingToComeIsADeadlock) {
  machine.load({nop, wfi, nop});
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  EXPECT_TRUE(machine.cpu.waiting());
  EXPECT_EQ(machine.cpu.pc(), code + 8);
  machine.cpu.set_interrupt(1);  // somebody outside brings the interrupt after all
  machine.step(2);
  EXPECT_FALSE(machine.cpu.waiting());
}

TEST_F(TrapTest, WfiOverManyRunsIsOneWait) {
  Event event(machine.timeline, [&] { machine.cpu.set_interrupt(1); });
  event.at(wake_time);
  machine.load({wfi, addi(10, 0, 1), loop_forever});
  for (Time until = wake_time / 8; until < wake_time; until += wake_time / 8) {
    EXPECT_EQ(machine.cpu.run(until), StopReason::reached_time);
    EXPECT_EQ(machine.timeline.now(), until);
    EXPECT_TRUE(machine.cpu.waiting());
  }
  machine.cpu.run(wake_time + 5 * machine.clocks.cpu());
  EXPECT_EQ(machine.x(10), 1u);
  EXPECT_EQ(machine.cpu.counters().idle, wake_time - machine.clocks.cpu());
}

// ---- What never ends

TEST_F(TrapTest, VectorThatCannotBeFetchedStops) {
  machine.cpu.set_csr(csr::mtvec, 0x2000'0000);
  machine.load({ecall});
  EXPECT_EQ(machine.cpu.run(never), StopReason::trap_loop);
  EXPECT_EQ(csr(csr::mcause), 1u);
}

TEST_F(TrapTest, HandlerThatFaultsStops) {
  // A handler that saves to a stack which is not there: the exception comes again from its second
  // instruction.
  machine.place({addi(2, 2, -16), sw(1, 0, 2), mret}, vectors);
  machine.load({ecall});
  EXPECT_EQ(machine.cpu.run(never), StopReason::trap_loop);
  EXPECT_EQ(csr(csr::mcause), 7u);
}

TEST_F(TrapTest, HandlerThatRepairsMayBeEnteredForEver) {
  // Steps over the instruction each time: the same exception at the same place, but with a return in between.
  machine.place({csrrs(10, csr::mepc, 0), addi(10, 10, 4), csrrw(0, csr::mepc, 10), addi(11, 11, 1), mret},
                vectors);
  machine.load({0xFFFF'FFFF, jal(0, -4)});
  EXPECT_EQ(machine.cpu.run(50'000'000'000), StopReason::reached_time);
  EXPECT_GT(machine.x(11), 10'000u);
}

// ---- Semihosting

struct Console : SemihostingHandler {
  void semihosting_text(std::string_view part) override { text += part; }
  std::string text;
};

class SemihostingTest : public TrapTest {
 protected:
  static constexpr std::uint32_t enter = 0x01F0'1013, leave = 0x4070'5013;

  SemihostingTest() {
    machine.cpu.set_semihosting(&console);
    machine.load({nop, enter, ebreak, leave, wfi});
  }
  StopReason call(std::uint32_t operation, std::uint32_t parameter) {
    machine.cpu.set_register(10, operation);
    machine.cpu.set_register(11, parameter);
    return machine.cpu.run(never);
  }

  Console console;
};

TEST_F(SemihostingTest, Exit) {
  EXPECT_EQ(call(0x18, 0x2'0026), StopReason::exited);
  EXPECT_EQ(machine.cpu.exit_code(), 0);
}

TEST_F(SemihostingTest, ExitForAnotherReasonIsAFailure) {
  EXPECT_EQ(call(0x18, 0x2'0023), StopReason::exited);
  EXPECT_EQ(machine.cpu.exit_code(), 1);
}

TEST_F(SemihostingTest, ExitWithCode) {
  machine.put_word(data, 0x2'0026);
  machine.put_word(data + 4, 42);
  EXPECT_EQ(call(0x20, data), StopReason::exited);
  EXPECT_EQ(machine.cpu.exit_code(), 42);
}

TEST_F(SemihostingTest, ExitWithParametersOutsideMemoryFails) {
  EXPECT_EQ(call(0x20, 0x10), StopReason::exited);
  EXPECT_EQ(machine.cpu.exit_code(), 1);
}

TEST_F(SemihostingTest, ProgramAndTextInFlash) {
  constexpr std::uint32_t page_size = chip::memory_map::flash_page_size, text = page_size / 2;
  std::vector<std::byte> page(page_size);
  const std::array program{nop, enter, ebreak, leave, wfi};
  std::ranges::copy(std::as_bytes(std::span(program)), page.begin());
  std::ranges::copy(std::as_bytes(std::span("Hi!")), page.begin() + text);
  machine.memory.map_page(0, page);
  machine.memory.open_windows(true, true);
  machine.cpu.reset(chip::memory_map::flash_instruction.start);
  EXPECT_EQ(call(0x04, chip::memory_map::flash_data.start + text), StopReason::deadlock);
  EXPECT_EQ(console.text, "Hi!");
}

TEST_F(SemihostingTest, TextAndCharacter) {
  machine.put_word(data, 0x0021'6948);  // "Hi!"
  EXPECT_EQ(call(0x04, data), StopReason::deadlock);
  machine.cpu.set_pc(code);
  machine.cpu.reset(code);
  call(0x03, data + 2);
  EXPECT_EQ(console.text, "Hi!!");
}

TEST_F(SemihostingTest, UnterminatedTextEndsWithMemory) {
  machine.put_word(0x3FCD'FFFC, 0x7878'7878);
  call(0x04, 0x3FCD'FFFC);
  EXPECT_EQ(console.text, "xxxx");
}

TEST_F(SemihostingTest, UnknownOperationAnswersMinusOne) {
  EXPECT_EQ(call(0x99, 0), StopReason::deadlock);
  EXPECT_EQ(machine.x(10), ~0u);
}

TEST_F(SemihostingTest, OrdinaryBreakpointsTrap) {
  machine.put_word(code + 12, nop);
  machine.place({loop_forever}, vectors);
  machine.cpu.run(Time{10'000'000});
  EXPECT_EQ(csr(csr::mcause), 3u);
  EXPECT_EQ(csr(csr::mepc), code + 8);
}

}  // namespace
}  // namespace ferry::board
