// Loops that wait: what is skipped, what is not, and that nobody can tell.
#include "tests/board/idle_machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;

constexpr Time long_time = 10 * millisecond;

// One that skips and one that does not, with the same program.
struct Two {
  IdleMachine skipping{true}, plain{false};

  template <class Action>
  void each(Action action) {
    action(skipping);
    action(plain);
  }
  void load(std::initializer_list<std::uint32_t> words) {
    each([&](IdleMachine& machine) {
      machine.cpu.set_register(8, device_base);
      machine.cpu.set_register(9, systimer_base);
      machine.cpu.set_register(18, data);
      machine.cpu.set_register(19, timg_base);
      machine.load(words);
    });
  }
  void expect_same() {
    const auto a = skipping.moment(0, true), b = plain.moment(0, true);
    EXPECT_EQ(a.pc, b.pc);
    EXPECT_EQ(a.counters.cycles, b.counters.cycles);
    EXPECT_EQ(a.counters.instructions, b.counters.instructions);
    EXPECT_EQ(a.counters.register_loads, b.counters.register_loads);
    EXPECT_EQ(a.counters.register_stores, b.counters.register_stores);
    EXPECT_EQ(a.state, b.state);
    EXPECT_EQ(plain.skipped(), 0u);
  }
  void run(Time until) {
    const StopReason reason = plain.cpu.run(until);
    EXPECT_EQ(skipping.cpu.run(until), reason);
    EXPECT_EQ(skipping.timeline.now(), plain.timeline.now());
    expect_same();
  }
  // Nearly all of what was executed.
  void expect_skipped() const {
    EXPECT_GT(skipping.skipped(), skipping.cpu.counters().instructions * 9 / 10);
  }
};

TEST(Idle, APollOfARegister) {
  Two two;
  two.load({lw(5, 4, 8), beq(5, 0, -4), addi(6, 0, 7), loop_forever});
  two.each([](IdleMachine& machine) {
    machine.at(long_time / 2 + 1234, [&machine] { machine.device.words[1] = 1; });
  });
  two.run(long_time);
  EXPECT_EQ(two.skipping.cpu.register_value(6), 7u);
  two.expect_skipped();
}

TEST(Idle, APollThroughACallWithAStack) {
  Two two;
  // Calls two functions that keep their return addresses at the same place.
  two.load({jal(1, 16), jal(1, 32), beq(10, 0, -8), loop_forever,       //
            addi(2, 2, -16), sw(1, 12, 2), lw(10, 4, 8), lw(1, 12, 2),  //
            addi(2, 2, 16), jalr(0, 1, 0)});
  two.each([](IdleMachine& machine) {
    machine.load({addi(2, 2, -16), sw(1, 12, 2), lw(11, 8, 8), lw(1, 12, 2), addi(2, 2, 16), jalr(0, 1, 0)},
                 code + 36 + 4);
    machine.cpu.set_register(2, data + 0x800);
    machine.at(long_time / 2, [&machine] { machine.device.words[1] = 1; });
  });
  two.run(long_time);
  two.expect_skipped();
}

TEST(Idle, ACounterThatGivesUp) {
  Two two;
  two.load({addi(7, 0, 0), lui(6, 0x20), lw(5, 4, 8), bne(5, 0, 12), addi(7, 7, 1), bne(7, 6, -12),
            sw(7, 0x40, 8), loop_forever});
  two.run(200 * millisecond);
  ASSERT_EQ(two.skipping.log.size(), 1u);
  EXPECT_EQ(two.skipping.log[0].value, 0x20'000u);
  EXPECT_EQ(two.skipping.log[0].time, two.plain.log[0].time);
  two.expect_skipped();
}

TEST(Idle, AnEmptyLoopWithACounterInMemory) {
  Two two;
  two.load({lui(6, 0x20), sw(0, 0x40, 18), lw(5, 0x40, 18), addi(5, 5, 1), sw(5, 0x40, 18),
            branch(4, 5, 6, -12), nop, loop_forever});
  two.run(200 * millisecond);
  EXPECT_EQ(two.skipping.word(data + 0x40), 0x20'000u);
  two.expect_skipped();
}

TEST(Idle, ADelayByTheCycleCounter) {
  Two two;
  two.load({addi(6, 0, 1), csrrw(0, csr::mpcer, 6), csrrw(0, csr::mpcmr, 6), lui(7, 40),
            csrrs(5, csr::mpccr, 0), csrrs(6, csr::mpccr, 0), r(0x20, 0, 6, 6, 5), branch(6, 6, 7, -8),
            sw(6, 0x40, 8), loop_forever});
  two.run(20 * millisecond);
  ASSERT_EQ(two.skipping.log.size(), 1u);
  EXPECT_EQ(two.skipping.log[0].value, two.plain.log[0].value);
  two.expect_skipped();
}

// UPDATE, VALUE_VALID, LO: until LO has reached x7.
constexpr std::uint32_t update = 27;
TEST(Idle, ADelayBySystimer) {
  for (const Time period : {6'250u, 12'500u, 25'000u, 50'000u}) {
    SCOPED_TRACE(period);
    Two two;
    two.each([period](IdleMachine& machine) {
      machine.clocks.set_cpu_and_apb(period, 12'500);
      machine.cpu.set_register(update, 1u << 30);
      machine.cpu.set_register(7, 16'000 * 9);
    });
    two.load({sw(update, 4, 9), lw(5, 4, 9), slli(5, 5, 2), branch(5, 5, 0, -8), lw(6, 0x44, 9),
              branch(6, 6, 7, -20), sw(6, 0x40, 8), loop_forever});
    two.run(long_time);
    ASSERT_EQ(two.skipping.log.size(), 1u);
    EXPECT_EQ(two.skipping.log[0].value, two.plain.log[0].value);
    EXPECT_EQ(two.skipping.log[0].time, two.plain.log[0].time);
    two.expect_skipped();
  }
}

TEST(Idle, ADelayByATimerGroup) {
  Two two;
  two.each([](IdleMachine& machine) {
    machine.timg.write(0, 0xC000'0000 | 16u << 13);
    machine.cpu.set_register(7, 9'000);
  });
  two.load({sw(8, 0x0C, 19), lw(6, 0x04, 19), branch(6, 6, 7, -8), sw(6, 0x40, 8), loop_forever});
  two.run(long_time);
  ASSERT_EQ(two.skipping.log.size(), 1u);
  EXPECT_EQ(two.skipping.log[0].time, two.plain.log[0].time);
  two.expect_skipped();
}

TEST(Idle, AVariableThatAnInterruptSets) {
  Two two;
  two.load({lw(5, 0x40, 18), beq(5, 0, -4), sw(5, 0x40, 8), sw(0, 0x40, 18), jal(0, -16)});
  two.each([](IdleMachine& machine) {
    machine.load({addi(6, 6, 1), sw(6, 0x40, 18), sw(0, acknowledge, 8), mret}, code + 0x100 + 4);
    machine.cpu.set_csr(csr::mtvec, code + 0x100);
    machine.cpu.set_csr(csr::mstatus, ControlRegisters::mie);
    for (Time when = 77'777'777; when < long_time; when += 777'777'777)
      machine.at(when, [&machine] { machine.cpu.set_interrupt(1); });
  });
  two.run(long_time);
  EXPECT_EQ(two.skipping.log.size(), 13u);
  two.expect_skipped();
}

TEST(Idle, ManyEventsThatChangeNothingItReads) {
  Two two;
  two.load({lw(5, 4, 8), beq(5, 0, -4), loop_forever});
  two.each([](IdleMachine& machine) {
    for (Time when = 1'000'000; when < long_time; when += 500'000)
      machine.at(when, [&machine] { machine.device.words[2] ^= 1; });
  });
  two.run(long_time);
  two.expect_skipped();
  EXPECT_LT(two.skipping.cpu.skipped().waits, 5u) << "the loop is left for none of them";
}

TEST(Idle, ShortRunsAreOneLongRun) {
  Two two;
  two.each([](IdleMachine& machine) {
    machine.cpu.set_register(update, 1u << 30);
    machine.cpu.set_register(7, 16'000 * 9);
  });
  two.load({sw(update, 4, 9), lw(5, 4, 9), slli(5, 5, 2), branch(5, 5, 0, -8), lw(6, 0x44, 9),
            branch(6, 6, 7, -20), sw(6, 0x40, 8), loop_forever});
  for (Time until = 0; until < long_time; until += 333'333'333) two.run(until);
  two.expect_skipped();
  EXPECT_LT(two.skipping.cpu.skipped().waits, 10u) << "it goes on where the run before ended";
}

TEST(Idle, WhoSeesEveryAccessSeesEveryAccess) {
  Two two;
  test::Notices notices;
  two.load({lw(5, 4, 8), beq(5, 0, -4), loop_forever});
  two.skipping.observers.add(notices, Observers::only(Topic::registers));
  two.run(millisecond);
  EXPECT_EQ(two.skipping.skipped(), 0u);
  EXPECT_EQ(notices.accesses.size(), two.skipping.cpu.counters().register_loads);
  two.skipping.observers.remove(notices);
  two.run(long_time);
  EXPECT_GT(two.skipping.skipped(), 0u) << "from here on nobody looks";
}

TEST(Idle, WhoCountsAccessesGetsThemAsANumber) {
  struct Counts : Observer {
    void register_accessed(const RegisterAccess&) override { ++accesses; }
    void register_accesses_repeated(std::uint32_t block, std::uint64_t times) override {
      EXPECT_EQ(block, device_base);
      accesses += times;
    }
    std::uint64_t accesses = 0;
  } counts;
  Two two;
  two.load({lw(5, 4, 8), beq(5, 0, -4), loop_forever});
  two.skipping.observers.add(counts, Observers::only(Topic::register_counts));
  two.run(long_time);
  two.expect_skipped();
  EXPECT_EQ(counts.accesses, two.plain.cpu.counters().register_loads);
}

TEST(Idle, ABreakpointInTheLoop) {
  Two two;
  two.load({lw(5, 4, 8), nop, beq(5, 0, -8), loop_forever});
  two.run(long_time / 4);
  two.each([](IdleMachine& machine) { machine.cpu.set_breakpoint(code + 4); });
  for (int times = 0; times < 5; ++times) {
    EXPECT_EQ(two.skipping.cpu.run(long_time), StopReason::breakpoint);
    EXPECT_EQ(two.plain.cpu.run(long_time), StopReason::breakpoint);
    two.expect_same();
    EXPECT_EQ(two.skipping.cpu.pc(), code + 4);
  }
  // Set while time jumps, by a callback.
  two.each([](IdleMachine& machine) {
    machine.cpu.remove_breakpoint(code + 4);
    machine.at(long_time / 2, [&machine] { machine.cpu.set_breakpoint(code + 8); });
  });
  EXPECT_EQ(two.skipping.cpu.run(long_time), StopReason::breakpoint);
  EXPECT_EQ(two.plain.cpu.run(long_time), StopReason::breakpoint);
  two.expect_same();
  two.expect_skipped();
}

TEST(Idle, AWatchedVariable) {
  struct Watcher : AccessWatcher {
    void cpu_accesses(const BusAccess&, std::optional<std::uint32_t>) override { ++times; }
    unsigned times = 0;
  };
  Two two;
  Watcher watchers[2];
  two.load({lw(5, 0x40, 18), beq(5, 0, -4), loop_forever});
  std::size_t which = 0;
  two.each([&](IdleMachine& machine) {
    Watcher& watcher = watchers[which++];
    machine.at(long_time / 2, [&machine, &watcher] {
      const WatchedRange range{.offset = *Memory::offset(data + 0x40), .length = 4, .reads = true};
      machine.cpu.watches().set(watcher, std::span(&range, 1));
    });
    machine.at(long_time / 2 + 100 * microsecond,
               [&machine, &watcher] { machine.cpu.watches().set(watcher, {}); });
  });
  two.run(long_time);
  EXPECT_EQ(watchers[0].times, watchers[1].times);
  EXPECT_GT(watchers[0].times, 100u);
  two.expect_skipped();
}

TEST(Idle, CodeThatIsReplacedWhileItWaits) {
  Two two;
  two.load({lw(5, 4, 8), beq(5, 0, -4), loop_forever});
  two.each([](IdleMachine& machine) {
    machine.at(long_time / 2, [&machine] { machine.put_word(code + 4, addi(6, 6, 1)); });
  });
  two.run(long_time);
  EXPECT_EQ(two.skipping.cpu.register_value(6), 1u);
}

TEST(Idle, ARequestToStopAndARegisterThatIsLookedAt) {
  Two two;
  two.load({lw(5, 4, 8), addi(6, 6, 3), beq(5, 0, -8), loop_forever});
  std::array<std::vector<std::uint32_t>, 2> seen;
  std::size_t which = 0;
  two.each([&](IdleMachine& machine) {
    std::vector<std::uint32_t>& values = seen[which++];
    for (Time when = millisecond; when < long_time; when += 1'111'111'111)
      machine.at(when, [&machine, &values] {
        values.push_back(machine.cpu.register_value(6));
        machine.cpu.request_stop();
      });
  });
  for (int times = 0; times < 9; ++times) {
    EXPECT_EQ(two.plain.cpu.run(long_time), StopReason::requested);
    EXPECT_EQ(two.skipping.cpu.run(long_time), StopReason::requested);
    two.expect_same();
  }
  EXPECT_EQ(seen[0], seen[1]);
  two.expect_skipped();
}

TEST(Idle, AResetWhileItWaits) {
  Two two;
  two.load({addi(6, 6, 1), lw(5, 4, 8), beq(5, 0, -4), loop_forever});
  two.each(
      [](IdleMachine& machine) { machine.at(long_time / 2, [&machine] { machine.cpu.reset(code + 12); }); });
  two.run(long_time);
  EXPECT_EQ(two.skipping.cpu.register_value(6), 0u);
  EXPECT_EQ(two.skipping.cpu.pc(), code + 12);
}

TEST(Idle, AChangeOfClockWhileItWaits) {
  Two two;
  two.load({lw(5, 4, 8), addi(6, 6, 1), beq(5, 0, -8), loop_forever});
  two.each([](IdleMachine& machine) {
    machine.at(long_time / 3, [&machine] { machine.clocks.set_cpu_and_apb(6'250, 12'500); });
    machine.at(long_time / 2, [&machine] { machine.clocks.set_cpu_and_apb(25'000, 25'000); });
  });
  two.run(long_time);
  two.expect_skipped();
}

// ---- Loops that the CPU comes to again: an earlier proof is good for other values.

TEST(Idle, EveryWaitHasAnotherDeadline) {
  for (const Time period : {6'250u, 12'500u, 25'000u}) {
    SCOPED_TRACE(period);
    Two two;
    two.each([period](IdleMachine& machine) {
      machine.clocks.set_cpu_and_apb(period, 12'500);
      machine.cpu.set_register(update, 1u << 30);
    });
    // x7 is a deadline, x28 the span to it, another one each time; the loop also looks at a register and
    // counts.
    two.load({sw(update, 4, 9), lw(7, 0x44, 9), addi(28, 28, 37), i(0x13, 7, 29, 28, 0x7FF), add(7, 7, 29),
              addi(30, 0, 0),  //
              lw(5, 4, 8), addi(30, 30, 1), sw(update, 4, 9), lw(5, 4, 9), slli(5, 5, 2), branch(5, 5, 0, -8),
              lw(6, 0x44, 9), branch(6, 6, 7, -28),  //
              sw(30, 0x40, 8), jal(0, -60)});
    two.run(20 * long_time);
    EXPECT_GT(two.skipping.log.size(), 1'000u);
    for (std::size_t index = 0; index < two.skipping.log.size(); ++index) {
      ASSERT_EQ(two.skipping.log[index].value, two.plain.log[index].value) << index;
      ASSERT_EQ(two.skipping.log[index].time, two.plain.log[index].time) << index;
    }
    two.expect_skipped();
    const auto& [waits, resumed, instructions] = two.skipping.cpu.skipped();
    EXPECT_GT(resumed, waits * 9 / 10);
  }
}

TEST(Idle, ACounterAndALimitFromMemory) {
  Two two;
  // Counts to a word that differs from round to round; what it counts lies on the stack.
  two.load({addi(10, 10, 97), sw(10, 0x44, 18), sw(0, 0x40, 18),                               //
            lw(5, 0x40, 18), addi(5, 5, 1), sw(5, 0x40, 18), lw(6, 0x44, 18), bne(5, 6, -16),  //
            sw(5, 0x40, 8), jal(0, -36)});
  two.run(20 * long_time);
  ASSERT_EQ(two.skipping.log.size(), two.plain.log.size());
  EXPECT_GT(two.skipping.log.size(), 50u);
  EXPECT_EQ(two.skipping.log.back().time, two.plain.log.back().time);
  two.expect_skipped();
  const auto& [waits, resumed, instructions] = two.skipping.cpu.skipped();
  EXPECT_GT(resumed, waits * 9 / 10);
}

TEST(Idle, WhatTheFirstPassHasNotWrittenYet) {
  Two two;
  // The loop writes x10 some time after its head. Until then x10 is what the program left there, another
  // value each time, and the interrupt's handler tells of it.
  two.load({lw(5, 4, 8), nop, nop, nop, nop, nop, i(0x13, 7, 10, 5, 1), beq(10, 0, -28),
            sw(13, static_cast<int>(set_word), 8), addi(11, 11, 1), add(10, 11, 0), jal(0, -44)});
  two.each([](IdleMachine& machine) {
    machine.load({sw(10, 0x44, 8), sw(0, acknowledge, 8), mret}, code + 0x100 + 4);
    machine.cpu.set_register(13, 1 << 1);
    machine.cpu.set_csr(csr::mtvec, code + 0x100);
    machine.cpu.set_csr(csr::mstatus, ControlRegisters::mie);
    Time when = 50 * microsecond;
    for (unsigned index = 0; index < 400; ++index, when += 10 * microsecond + 6'250 * (index % 50)) {
      machine.at(when, [&machine] { machine.device.words[1] = 1; });
      // Soon after the loop is entered again.
      machine.at(when + 6'250 * (index % 60), [&machine] { machine.cpu.set_interrupt(1); });
    }
  });
  two.run(long_time);
  ASSERT_EQ(two.skipping.log.size(), two.plain.log.size());
  for (std::size_t index = 0; index < two.skipping.log.size(); ++index)
    ASSERT_EQ(two.skipping.log[index].value, two.plain.log[index].value) << index;
  EXPECT_GT(two.skipping.cpu.skipped().resumed, 300u);
}

TEST(Idle, AnotherPlaceEachTime) {
  Two two;
  // One word and the other in turns, by the same code.
  two.load({lw(5, 0, 20), beq(5, 0, -4), sw(0, 0, 20), i(0x13, 4, 20, 20, 0xC0), addi(7, 7, 1),
            sw(7, 0x40, 8), jal(0, -24)});
  two.each([](IdleMachine& machine) {
    machine.cpu.set_register(20, data + 0x40);
    for (unsigned index = 0; index < 199; ++index)
      machine.at((index + 1) * 50 * microsecond,
                 [&machine, index] { machine.put_word(data + (index % 2 == 0 ? 0x40 : 0x80), 1); });
  });
  two.run(long_time);
  EXPECT_EQ(two.plain.log.size(), 199u);
  EXPECT_EQ(two.skipping.log.size(), two.plain.log.size());
  two.expect_skipped();
  EXPECT_GT(two.skipping.cpu.skipped().resumed, 150u);
}

TEST(Idle, ACsrThatWasChangedMeanwhile) {
  Two two;
  // Waits until the device's word or mscratch is not 0; an interrupt's handler sets the latter.
  two.load({lw(5, 4, 8), csrrs(6, csr::mscratch, 0), r(0, 6, 5, 5, 6), beq(5, 0, -12),  //
            csrrw(0, csr::mscratch, 0), addi(7, 7, 1), sw(7, 0x40, 8), jal(0, -28)});
  two.each([](IdleMachine& machine) {
    machine.load({csrrw(0, csr::mscratch, 8), sw(0, acknowledge, 8), mret}, code + 0x104);
    machine.cpu.set_csr(csr::mtvec, code + 0x100);
    machine.cpu.set_csr(csr::mstatus, ControlRegisters::mie);
    for (Time when = 50 * microsecond; when < long_time; when += 50 * microsecond)
      machine.at(when, [&machine] { machine.cpu.set_interrupt(1); });
  });
  two.run(long_time);
  EXPECT_EQ(two.plain.log.size(), 199u);
  EXPECT_EQ(two.skipping.log.size(), two.plain.log.size());
  two.expect_skipped();
}

TEST(Idle, AGateThatWasOpenedMeanwhile) {
  struct Rising final : WordsDevice {
    bool pure(std::uint32_t) const override { return true; }
    std::uint32_t read(std::uint32_t) override { return 1; }
  };
  constexpr std::uint32_t gated_base = device_base + 0x100;
  Rising rising[2];
  Gate gates[2];
  Two two;
  std::size_t which = 0;
  two.each([&](IdleMachine& machine) {
    Gate& gate = gates[which];
    gate.clock = false;
    machine.bus.attach(rising[which++], gated_base, 256, &gate);
    // What the CPU does in the handlers, it does to the gate as well: a store to SYSTEM would open it.
    machine.load({sw(0, acknowledge, 8), mret}, code + 0x104);
    machine.cpu.set_csr(csr::mtvec, code + 0x100);
    machine.cpu.set_csr(csr::mstatus, ControlRegisters::mie);
    // Wherever in the loop it comes, the next pass finds the gate open.
    for (unsigned index = 1; index < 100; ++index) {
      const Time when = index * (50 * microsecond + 6'250 * 7);
      machine.at(when, [&machine, &gate] {
        gate.clock = true;
        machine.cpu.set_interrupt(1);
      });
      machine.at(when + 2 * microsecond, [&gate] { gate.clock = false; });
    }
  });
  two.load({lw(7, 4, 8), lw(5, 0x100, 8), r(0, 6, 5, 5, 7), beq(5, 0, -12), addi(6, 6, 1), sw(6, 0x40, 8),
            jal(0, -24)});
  two.run(long_time);
  EXPECT_EQ(two.plain.log.size(), 99u);
  EXPECT_EQ(two.skipping.log.size(), two.plain.log.size());
  EXPECT_GT(two.skipping.cpu.skipped().resumed, 50u);
}

TEST(Idle, WhatWorksIsLeftAlone) {
  Two two;
  // Mixes bits, moves through memory, stores to a device, reads what changes by being read.
  two.load({slli(6, 5, 3), r(0, 4, 5, 5, 6), addi(5, 5, 1), lw(7, 4, 8), jal(0, -16)});
  two.run(millisecond);
  two.load({lw(7, 0x80, 18), addi(18, 18, 4), i(0x13, 7, 10, 18, 0x1FC), add(11, 10, 8), jal(0, -16)});
  two.run(2 * millisecond);
  two.load({lw(7, 4, 8), sw(7, 0x40, 8), jal(0, -8)});
  two.run(3 * millisecond);
  EXPECT_EQ(two.skipping.skipped(), 0u);
}

TEST(Idle, AnEventCounterThatCountsLoads) {
  Two two;
  two.load({addi(6, 0, 32), csrrw(0, csr::mpcer, 6), addi(6, 0, 1), csrrw(0, csr::mpcmr, 6), lw(5, 4, 8),
            beq(5, 0, -4), loop_forever});
  two.run(millisecond);
  EXPECT_EQ(two.skipping.skipped(), 0u);
  EXPECT_EQ(two.skipping.cpu.csr(csr::mpccr), two.plain.cpu.csr(csr::mpccr));
}

}  // namespace
}  // namespace ferry::board
