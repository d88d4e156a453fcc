// What the CPU tells whoever listens: sleep, interrupts, exceptions, and the way back from both.
#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;
using testing::ElementsAre;

constexpr std::uint32_t vectors = code + 0x1000;
constexpr Time wake_time = 1'000'000'000;  // a whole number of cycles

struct Listener : Observer {
  explicit Listener(const Timeline& of) : timeline(of) {}
  void say(const std::string& what) {
    heard.push_back(what);
    times.push_back(timeline.now());
  }
  void cpu_waits(bool waits) override { say(waits ? "waits" : "goes on"); }
  void interrupt_taken(unsigned line) override { say("interrupt " + std::to_string(line)); }
  void exception_taken(std::uint32_t cause, std::uint32_t, std::uint32_t pc) override {
    say("exception " + std::to_string(cause) + " at +" + std::to_string(pc - code));
  }
  void trap_left() override { say("left"); }

  const Timeline& timeline;
  std::vector<std::string> heard;
  std::vector<Time> times;
};

class CpuObserverTest : public testing::Test {
 protected:
  CpuObserverTest() {
    machine.observers.add(listener);
    machine.cpu.set_csr(csr::mtvec, vectors);
    machine.cpu.set_csr(csr::mstatus, 8);  // MIE
    machine.cpu.set_register(6, device_base);
  }
  Machine machine;
  Listener listener{machine.timeline};
};

TEST_F(CpuObserverTest, HearsOfSleepAndOfAnInterruptsHandler) {
  Event event(machine.timeline, [this] { machine.cpu.set_interrupt(4); });
  event.at(wake_time);
  machine.device.on_access = [this] { machine.cpu.set_interrupt(0); };
  machine.place({lw(10, 0, 6), mret}, vectors + 16);
  machine.load({nop, wfi, loop_forever});
  machine.cpu.run(wake_time + 100 * machine.clocks.cpu());
  EXPECT_THAT(listener.heard, ElementsAre("waits", "goes on", "interrupt 4", "left"));
  EXPECT_EQ(listener.times[0], 2 * machine.clocks.cpu());
  EXPECT_EQ(listener.times[1], wake_time);
  EXPECT_EQ(listener.times[2], wake_time);
  EXPECT_GT(listener.times[3], wake_time);
}

TEST_F(CpuObserverTest, HearsOfExceptionsInTheirPlace) {
  machine.place({csrrs(10, csr::mepc, 0), addi(10, 10, 4), csrrw(0, csr::mepc, 10), mret}, vectors);
  machine.load({nop, ecall, 0xFFFF'FFFF, wfi});
  machine.cpu.run(never);
  EXPECT_THAT(listener.heard,
              ElementsAre("exception 11 at +4", "left", "exception 2 at +8", "left", "waits"));
}

// An event that is due before an exception is over is heard before it.
TEST_F(CpuObserverTest, HearsOfEventsAndExceptionsInOrderOfTime) {
  Event event(machine.timeline, [this] { listener.say("event"); });
  event.at(machine.clocks.cpu());
  machine.place({loop_forever}, vectors);
  machine.load({nop, nop, ecall});
  machine.cpu.run(20 * machine.clocks.cpu());
  EXPECT_THAT(listener.heard, ElementsAre("event", "exception 11 at +8"));
}

TEST_F(CpuObserverTest, SleepThatDoesNotHappenIsNotTold) {
  machine.cpu.set_csr(csr::mstatus, 0);
  machine.cpu.set_interrupt(4);
  machine.load({wfi, loop_forever});
  machine.cpu.run(20 * machine.clocks.cpu());
  EXPECT_TRUE(listener.heard.empty());
}

// A reset that comes while an exception is being entered takes its place.
TEST_F(CpuObserverTest, AResetTakesTheExceptionsPlace) {
  Event event(machine.timeline, [this] { machine.cpu.reset(code + 0x100); });
  event.at(machine.clocks.cpu());
  machine.place({loop_forever}, code + 0x100);
  machine.load({nop, nop, ecall});
  machine.cpu.run(20 * machine.clocks.cpu());
  EXPECT_TRUE(listener.heard.empty());
  EXPECT_EQ(machine.cpu.pc(), code + 0x100);
}

}  // namespace
}  // namespace ferry::board
