// The CPU's ways to memory: fast and slow path, two buses, code that changes.
#include "tests/board/cpu_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace ferry::board {
namespace {

using namespace test;
using namespace test::assemble;
using testing::ElementsAre;

// code and this are one place in memory, seen through the two buses.
constexpr std::uint32_t code_on_data_bus = code - 0x70'0000;

TEST(CpuMemory, FastAndSlowPathSeeOneMemory) {
  Machine machine;
  machine.load({lui(5, data >> 12), lui(6, (data + 0x70'0000) >> 12), lui(7, rtc >> 12), addi(10, 0, 0x55),
                sw(10, 16, 5),   // data bus
                lw(11, 16, 6),   // instruction bus
                sw(10, 20, 6),   // and the other way round
                lhu(12, 20, 5),  // back through the data bus
                sw(10, 1, 7), lw(13, 1, 7), wfi});
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 0x55u);
  EXPECT_EQ(machine.x(12), 0x55u);
  EXPECT_EQ(machine.x(13), 0x55u);
}

TEST(CpuMemory, EveryAlignmentWorksOnTheDataBus) {
  for (int offset = 0; offset < 8; ++offset) {
    Machine machine;
    machine.load({sw(10, offset, 5), lw(11, offset, 5), lh(12, offset, 5), lbu(13, offset, 5),
                  sh(10, offset + 8, 5), lhu(14, offset + 8, 5), wfi});
    machine.cpu.set_register(5, data + 60);  // across a line, too
    machine.cpu.set_register(10, 0x8765'C321);
    machine.cpu.run(never);
    EXPECT_EQ(machine.x(11), 0x8765'C321u) << offset;
    EXPECT_EQ(machine.x(12), 0xFFFF'C321u) << offset;
    EXPECT_EQ(machine.x(13), 0x21u) << offset;
    EXPECT_EQ(machine.x(14), 0xC321u) << offset;
  }
}

TEST(CpuMemory, EdgesOfDataMemory) {
  Machine machine;
  machine.load({lw(10, 0, 5), lw(11, -4, 6), lbu(12, -1, 6), lw(13, 0, 6)});
  machine.cpu.set_register(5, 0x3FC8'0000);
  machine.cpu.set_register(6, 0x3FCE'0000);
  machine.put_word(0x3FCD'FFFC, 0xAB00'0001);
  machine.step(3);
  EXPECT_EQ(machine.x(11), 0xAB00'0001u);
  EXPECT_EQ(machine.x(12), 0xABu);
  machine.step();
  EXPECT_EQ(machine.cpu.csr(csr::mcause), 5u);
}

TEST(CpuMemory, DeviceSeesExactAddressTimeAndPlace) {
  Machine machine;
  std::vector<Time> times;
  std::vector<std::uint32_t> places;
  machine.device.on_access = [&] {
    times.push_back(machine.timeline.now());
    places.push_back(machine.cpu.pc());
  };
  machine.device.words[1] = 0xFFFF'FF80;
  // Device accesses as first and as second of a pair of instructions.
  machine.load({addi(10, 0, 7), sw(10, 0, 5), lw(11, 4, 5), addi(12, 11, 1), wfi});
  machine.cpu.set_register(5, device_base);
  machine.cpu.run(never);
  const Time cycle = machine.clocks.cpu();
  EXPECT_THAT(machine.device.writes, ElementsAre(WordsDevice::Write{0, 7}));
  EXPECT_THAT(machine.device.reads, ElementsAre(4u));
  EXPECT_THAT(places, ElementsAre(code + 4, code + 8));
  EXPECT_THAT(times, ElementsAre(1 * cycle, (1 + 8) * cycle));
  EXPECT_EQ(machine.x(12), 0xFFFF'FF81u);
  EXPECT_EQ(machine.cpu.counters().register_loads, 1u);
  EXPECT_EQ(machine.cpu.counters().register_stores, 1u);
}

TEST(CpuMemory, EventsRunBeforeTheAccessThatComesAfterThem) {
  Machine machine;
  const Time cycle = machine.clocks.cpu();
  Event early(machine.timeline, [&] { machine.device.words[0] += 1; });
  Event late(machine.timeline, [&] { machine.device.words[0] += 10; });
  early.at(5 * cycle);
  late.at(5 * cycle + 1);
  machine.load({nop, nop, nop, nop, nop, lw(10, 0, 5), lw(11, 0, 5)});
  machine.cpu.set_register(5, device_base);
  machine.step(7);
  EXPECT_EQ(machine.x(10), 1u) << "the load begins with the sixth cycle";
  EXPECT_EQ(machine.x(11), 11u);
}

// ---- Code that changes

TEST(CpuCode, StoreToTheNextInstructionTakesEffect) {
  Machine machine;
  machine.load({sw(10, 8, 5), addi(11, 0, 1), addi(11, 11, 2), addi(11, 11, 4), wfi});
  machine.cpu.set_register(5, code_on_data_bus);
  machine.cpu.set_register(10, addi(11, 11, 100));
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 105u);
}

TEST(CpuCode, StoreOverItselfIsExecutedOnceMoreAsItWas) {
  Machine machine;
  machine.load({nop, sw(10, 4, 5), jal(0, -4)});
  machine.cpu.set_register(5, code);  // an aligned word through the instruction bus
  machine.cpu.set_register(10, wfi);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  EXPECT_EQ(machine.instructions(), 4u);
}

TEST(CpuCode, LoopThatRewritesItsOwnBody) {
  // Each round increments the immediate of `addi a1, a1, n`, which has been executed before.
  Machine machine;
  machine.load(
      {addi(11, 11, 1), lw(12, 0, 5), add(12, 12, 13), sw(12, 0, 5), addi(10, 10, -1), bne(10, 0, -20), wfi});
  machine.cpu.set_register(5, code_on_data_bus);
  machine.cpu.set_register(10, 10);
  machine.cpu.set_register(13, 1u << 20);
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 55u);
}

TEST(CpuCode, HalfOfAnInstructionMayChange) {
  Machine machine;
  machine.load({addi(11, 0, 1), addi(11, 11, 2), wfi});
  machine.cpu.run(never);
  machine.put_half(code + 6, addi(11, 11, 0x70) >> 16);  // upper half: the immediate
  machine.cpu.reset(code);
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 0x71u);
}

TEST(CpuCode, DmaWriteToCodeTakesEffect) {
  Machine machine;
  Event dma(machine.timeline, [&] { machine.put_word(code_on_data_bus + 4, addi(10, 10, 100)); });
  dma.at(30 * machine.clocks.cpu());
  machine.load({nop, addi(10, 10, 1), jal(0, -8)});  // four cycles a round
  machine.cpu.run(40 * machine.clocks.cpu());
  EXPECT_EQ(machine.x(10), 8u + 2 * 100u);
}

TEST(CpuCode, WriteByAnEventDuringTheInstructionItselfIsSafe) {
  Machine machine;
  Event event(machine.timeline, [&] {
    for (std::uint32_t offset = 0; offset < 64; offset += 4) machine.put_word(code + offset, wfi);
  });
  event.at(3 * machine.clocks.cpu());
  machine.load({nop, nop, nop, nop, sw(10, 0, 5), addi(11, 0, 1)});
  machine.cpu.set_register(5, device_base);
  machine.cpu.set_register(10, 77);
  EXPECT_EQ(machine.cpu.run(never), StopReason::deadlock);
  EXPECT_THAT(machine.device.writes, ElementsAre(WordsDevice::Write{0, 77}));
  EXPECT_EQ(machine.x(11), 0u);
}

TEST(CpuCode, DataBesideCodeStaysWritable) {
  // A variable in the line of the code that counts it: each store takes the slow path, and nothing breaks.
  Machine machine;
  machine.load({lw(11, 0, 5), addi(11, 11, 1), sw(11, 0, 5), addi(10, 10, -1), bne(10, 0, -16), wfi});
  machine.cpu.set_register(5, code_on_data_bus + 0x30);
  machine.cpu.set_register(10, 1000);
  machine.cpu.run(never);
  EXPECT_EQ(machine.word(code + 0x30), 1000u);
}

TEST(CpuCode, LoadStallFollowsCodeThatChanges) {
  Machine machine;
  machine.load({nop, lw(10, 0, 5), addi(11, 10, 0), addi(12, 0, 0), wfi});
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  EXPECT_EQ(machine.cycles(), 6u);
  machine.put_word(code + 8, addi(11, 0, 0));  // no longer uses what is loaded
  machine.cpu.reset(code);
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  EXPECT_EQ(machine.cycles(), 6u + 5u);
}

TEST(CpuCode, RunsFromRtcMemoryAndBack) {
  Machine machine;
  machine.place({addi(10, 10, 5), jalr(0, 1, 0)}, rtc + 0x100);
  machine.load({lui(5, rtc >> 12), jalr(1, 5, 0x100), addi(10, 10, 1), wfi});
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(10), 6u);
}

TEST(CpuCode, ChangesInRtcMemoryTakeEffect) {
  Machine machine;
  machine.load({sw(10, 8, 5), fence_i, nop, wfi}, rtc);
  machine.cpu.set_register(5, rtc);
  machine.cpu.set_register(10, addi(11, 0, 9));
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(11), 9u);
}

TEST(CpuCode, RunsFromAllOfSram) {
  Machine machine;
  machine.load({addi(10, 0, 1), nop}, 0x4037'FFFC);  // across the border of SRAM0 and SRAM1
  machine.put_word(0x4038'0004, wfi);
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(10), 1u);
  machine.load({addi(10, 0, 2), wfi}, 0x4037'C000);
  machine.cpu.reset(0x4037'C000);
  machine.cpu.run(never);
  EXPECT_EQ(machine.x(10), 2u);
}

// ---- Watched memory

struct Watcher : AccessWatcher {
  struct Seen {
    std::uint32_t address;
    bool write;
    std::uint32_t pc;
    bool operator==(const Seen&) const = default;
  };
  void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override {
    seen.push_back({access.address, stored.has_value(), access.pc});
    if (then) then();
  }
  std::function<void()> then;
  std::vector<Seen> seen;
};

const std::uint32_t place = *Memory::offset(data);

TEST(CpuWatch, ReportsLoadsOrStores) {
  Machine machine;
  Watcher watcher;
  machine.cpu.watches().set(watcher,
                            std::array{WatchedRange{.offset = place, .length = 64, .reads = true},
                                       WatchedRange{.offset = place + 64, .length = 64, .writes = true}});
  machine.load({lw(10, 0, 5), sw(10, 4, 5), lw(10, 64, 5), sb(10, 127, 5), lw(10, 128, 5), sw(10, 128, 5),
                sw(10, 62, 5),  // reaches into the second line
                wfi});
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  EXPECT_THAT(watcher.seen,
              ElementsAre(Watcher::Seen{data, false, code}, Watcher::Seen{data + 127, true, code + 12},
                          Watcher::Seen{data + 62, true, code + 24}));
}

TEST(CpuWatch, TellsWhatAStoreWrites) {
  struct Reader : AccessWatcher {
    void cpu_accesses(const BusAccess&, std::optional<std::uint32_t> stored) override {
      told.push_back(stored);
    }
    bool only_looks() const override { return looks; }
    bool looks = false;
    std::vector<std::optional<std::uint32_t>> told;
  };
  for (const bool looks : {false, true}) {
    Machine machine;
    Reader reader;
    reader.looks = looks;
    const std::array range{WatchedRange{.offset = place, .length = 4, .reads = true, .writes = true}};
    machine.cpu.watches().set(reader, range);
    machine.load({sw(10, 0, 5), lw(11, 0, 5), sb(10, 1, 5), wfi});
    machine.cpu.set_register(5, data);
    machine.cpu.set_register(10, 0x1234'5678);
    machine.cpu.run(never);
    EXPECT_THAT(reader.told, ElementsAre(0x1234'5678, std::nullopt, 0x1234'5678)) << looks;
  }
}

TEST(CpuWatch, SeveralWatchersShareALine) {
  Machine machine;
  Watcher one, other;
  AccessWatches& watches = machine.cpu.watches();
  const std::array range{WatchedRange{.offset = place, .length = 4, .reads = true, .writes = true}};
  const std::array beside{WatchedRange{.offset = place + 4, .length = 4, .writes = true}};
  watches.set(one, range);
  watches.set(other, beside);
  machine.load({sw(0, 0, 5), sw(0, 4, 5), lw(10, 4, 5), sw(0, 2, 5), wfi});
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  EXPECT_THAT(one.seen,
              ElementsAre(Watcher::Seen{data, true, code}, Watcher::Seen{data + 2, true, code + 12}));
  EXPECT_THAT(other.seen,
              ElementsAre(Watcher::Seen{data + 4, true, code + 4}, Watcher::Seen{data + 2, true, code + 12}));

  watches.set(one, {});
  EXPECT_EQ(machine.memory.line_flags()[place / Memory::line_size] & (line_read_watched | line_write_watched),
            line_write_watched);
  watches.set(other, {});
  EXPECT_FALSE(watches.any());
  EXPECT_EQ(machine.memory.line_flags()[place / Memory::line_size] & (line_read_watched | line_write_watched),
            0);
}

TEST(CpuWatch, BytesOfARangeAreTakenAway) {
  Machine machine;
  Watcher one, other;
  AccessWatches& watches = machine.cpu.watches();
  const auto range = [](std::uint32_t first, std::uint32_t length) {
    return WatchedRange{.offset = place + first, .length = length, .reads = true, .writes = true};
  };
  const auto seen_by = [&](Watcher& watcher) {
    std::vector<std::uint32_t> bytes;
    for (const Watcher::Seen& each : watcher.seen) bytes.push_back(each.address - data);
    watcher.seen.clear();
    return bytes;
  };
  const auto flags = [&](std::uint32_t first) {
    return machine.memory.line_flags()[(place + first) / Memory::line_size] &
           (line_read_watched | line_write_watched);
  };
  machine.load({lw(10, 0, 5), lw(10, 8, 5), lw(10, 60, 5), lw(10, 64, 5), lw(10, 124, 5), lw(10, 128, 5),
                sw(10, 64, 5), wfi});
  const auto run = [&] {
    machine.cpu.reset(code);
    machine.cpu.set_register(5, data);
    machine.cpu.run(never);
  };
  watches.set(one, std::array{range(0, 192)});
  watches.set(other, std::array{range(8, 4), range(188, 4)});

  watches.remove(one, range(8, 112));  // amid it
  run();
  EXPECT_THAT(seen_by(one), ElementsAre(0, 124, 128));
  EXPECT_THAT(seen_by(other), ElementsAre(8));
  watches.remove(one, range(0, 128));  // what is left of two pieces
  run();
  EXPECT_THAT(seen_by(one), ElementsAre(128));
  EXPECT_THAT(seen_by(other), ElementsAre(8));
  EXPECT_NE(flags(0), 0);
  EXPECT_EQ(flags(64), 0);

  watches.add(one, range(64, 4));
  watches.remove(one, {.offset = place + 64, .length = 4, .reads = true});
  watches.remove(one, range(128, 1000));
  watches.remove(other, range(0, 188));
  run();
  EXPECT_THAT(one.seen, ElementsAre(Watcher::Seen{data + 64, true, code + 24}));
  EXPECT_THAT(seen_by(other), ElementsAre());
  EXPECT_EQ(flags(0), 0);
  EXPECT_NE(flags(128), 0);
}

TEST(CpuWatch, AWatcherMayStopWatchingWhenTold) {
  Machine machine;
  Watcher one, other;
  AccessWatches& watches = machine.cpu.watches();
  const std::array range{WatchedRange{.offset = place, .length = 4, .writes = true}};
  watches.set(one, range);
  watches.set(other, range);
  one.then = [&] {
    watches.set(one, {});
    watches.set(other, {});
  };
  machine.load({sw(0, 0, 5), sw(0, 0, 5), wfi});
  machine.cpu.set_register(5, data);
  machine.cpu.run(never);
  EXPECT_EQ(one.seen.size(), 1u);
  EXPECT_EQ(other.seen.size(), 1u) << "it was concerned when the access came";
}

}  // namespace
}  // namespace ferry::board
