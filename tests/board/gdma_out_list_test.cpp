// The transmit side of GDMA where a list is refused, cut off or continued: errors, reset, restart, stop,
// rings.
#include "tests/board/gdma_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class GdmaOutList : public GdmaRig {
 protected:
  GdmaOutList() { connect(0); }
  static constexpr std::uint32_t last = bit::owner | bit::suc_eof;
};

TEST_F(GdmaOutList, TheOwnerCountsOnlyWhenItIsChecked) {
  fill(ram, {1, 2, 3, 4});
  descriptor(item(0), ram, 4, 4, 0, bit::suc_eof);
  start_out(item(0));
  EXPECT_EQ(pop_all(4), (std::vector<std::uint8_t>{1, 2, 3, 4}));
  clear(0x1FFF);
  put(0xD4, 1u << 12);
  reset_out();
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err);
  EXPECT_EQ(out_level(), 0u);
  EXPECT_EQ(events.log.back(), "out0 descriptor belongs to the CPU");
}

TEST_F(GdmaOutList, AddressesAreChecked) {
  struct Case {
    std::uint32_t buffer, next;
    bool good;
  };
  for (const auto& [buffer, next, good] :
       {Case{0x3FC8'0000, 0, true}, Case{0x3FCD'FFFF, 0, true}, Case{0x3FC7'FFFF, 0, false},
        Case{0x3FCE'0000, 0, false}, Case{0x4038'0000, 0, false}, Case{0x3C00'0000, 0, false},
        Case{0x5000'0000, 0, false}, Case{ram, 0x3FC7'0000, false}, Case{ram, 0x4039'0000, false},
        Case{ram, 0x3FCE'0000, false}}) {
    reset_out();
    clear(0x1FFF);
    descriptor(item(0), buffer, 1, 1, next, last);
    start_out(item(0));
    settle();
    EXPECT_EQ(raw() & bit::out_dscr_err, good ? 0 : bit::out_dscr_err) << std::hex << buffer << ' ' << next;
    EXPECT_EQ(out_level(), good ? 1u : 0u);
  }
}

TEST_F(GdmaOutList, ABufferThatLeavesMemoryFailsWhereItLeaves) {
  descriptor(item(0), 0x3FCD'FFF8, 100, 100, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err);
  EXPECT_EQ(out_level(), 8u);
}

TEST_F(GdmaOutList, TheDescriptorItselfMustBeInMemory) {
  for (const std::uint32_t address : {0x3FC0'0000u, 0x3FC7'FFFCu, 0x3FCE'0000u, 0x3FCD'FFF8u}) {
    reset_out();
    clear(0x1FFF);
    start_out(address);
    settle();
    EXPECT_EQ(raw(), bit::out_dscr_err) << std::hex << address;
  }
  EXPECT_TRUE(events.notices.empty());
  reset_out();
  clear(0x1FFF);
  start_out(item(0) + 2);
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("no multiple of 4")));
}

TEST_F(GdmaOutList, LengthZeroIsReportedAndRefused) {
  descriptor(item(0), ram, 4, 0, item(0));
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("length 0")));
}

TEST_F(GdmaOutList, AfterAnErrorOnlyResetAndStartHelp) {
  put(0xD4, 1u << 12);
  descriptor(item(0), ram, 4, 4, item(1));
  descriptor(item(1), ram, 4, 4, 0, bit::suc_eof);  // the CPU's
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_dscr_err) << "the list is read ahead of the peripheral";
  EXPECT_EQ(out_level(), 4u) << "what came before stays good";
  EXPECT_TRUE(out_parked());
  clear(0x1FFF);
  descriptor(item(1), ram, 4, 4, 0, last);
  put(0xE0, get(0xE0) | bit::out_restart);
  settle();
  EXPECT_EQ(out_level(), 4u);
  EXPECT_TRUE(events.notices.empty());
  start_out(item(1));
  settle();
  EXPECT_EQ(out_level(), 4u);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("START has no effect")));
  reset_out();
  EXPECT_EQ(out_level(), 0u);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), 0u);
  EXPECT_EQ(out_level(), 8u);
}

TEST_F(GdmaOutList, ResetIsALevel) {
  descriptor(item(0), ram, 4, 4, 0, last);
  put(0xD0, 9);
  EXPECT_EQ(get(0xD0), 9u);
  start_out(item(0));
  settle();
  EXPECT_EQ(out_level(), 0u);
  EXPECT_FALSE(port.pop().has_value());
  put(0xD0, 8);
  settle();
  EXPECT_EQ(out_level(), 0u) << "the START is gone";
  put(0x100, 0);
  start_out(item(0));
  settle();
  EXPECT_EQ(out_level(), 4u);
  // Half-way through its start-up a channel can be reset as well.
  reset_out();
  start_out(item(0));
  run_cycles(56);
  reset_out();
  settle();
  EXPECT_EQ(out_level(), 0u);
  EXPECT_EQ(get(0x100), 0u) << "the configuration stays";
  EXPECT_EQ(events.log.back(), "out0 reset");
}

TEST_F(GdmaOutList, RestartGoesOnBehindTheLastDescriptor) {
  fill(ram, {1, 2, 3, 4, 5, 6});
  descriptor(item(0), ram, 2, 2, 0, last);
  start_out(item(0));
  EXPECT_EQ(pop_all(2), (std::vector<std::uint8_t>{1, 2}));
  EXPECT_EQ(raw() & bit::out_total_eof, bit::out_total_eof);
  clear(0x1FFF);
  // RESTART without anything appended ends at once.
  put(0xE0, bit::out_restart);
  settle();
  EXPECT_TRUE(out_parked());
  EXPECT_EQ(raw(), 0u);
  descriptor(item(1), ram + 2, 4, 4, 0, last);
  poke(item(0) + 8, item(1));
  put(0xE0, bit::out_restart);
  EXPECT_FALSE(out_parked());
  EXPECT_EQ(pop_all(4), (std::vector<std::uint8_t>{3, 4, 5, 6}));
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
  EXPECT_THAT(events.log, ElementsAre("out0 start", "out0 end of list", "out0 start", "out0 end of list"));
}

TEST_F(GdmaOutList, RestartWhileRunningSeesTheNewLink) {
  const auto data = pattern(600);
  fill(ram, data);
  descriptor(item(0), ram, 200, 200, 0, last);
  start_out(item(0));
  settle();
  EXPECT_FALSE(out_parked());
  descriptor(item(1), ram + 200, 400, 400, 0, last);
  poke(item(0) + 8, item(1));
  put(0xE0, bit::out_restart);
  EXPECT_EQ(pop_all(600), data);
  EXPECT_EQ(raw() & bit::out_total_eof, bit::out_total_eof);
  // The end of the first part is no end of the list when the rest was appended in time.
  reset_out();
  clear(0x1FFF);
  descriptor(item(0), ram, 200, 200, 0, last);
  start_out(item(0));
  pop_all(150);
  settle();
  EXPECT_TRUE(out_parked()) << "all read, 50 bytes still in the FIFO";
  poke(item(0) + 8, item(1));
  put(0xE0, bit::out_restart);
  settle();
  pop_all(100);
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof);
  pop_all(350);
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
}

TEST_F(GdmaOutList, RestartNeedsAListThatWasRead) {
  put(0xE0, bit::out_restart);
  settle();
  EXPECT_EQ(raw(), 0u);
  EXPECT_TRUE(out_parked());
  descriptor(item(0), ram, 4, 4, item(1), last);
  descriptor(item(1), ram, 4, 4, 0, last);
  start_out(item(0));
  settle();
  reset_out();
  put(0xE0, bit::out_restart);
  settle();
  EXPECT_EQ(out_level(), 0u);
}

TEST_F(GdmaOutList, StopEndsBetweenTwoAccesses) {
  const auto data = pattern(400);
  fill(ram, data);
  descriptor(item(0), ram, 200, 200, item(1));
  descriptor(item(1), ram + 200, 200, 200, 0, last);
  start_out(item(0));
  run_cycles(70);
  put(0xE0, bit::out_stop);
  settle();
  EXPECT_TRUE(out_parked());
  const unsigned level = out_level();
  EXPECT_GT(level, 0u);
  EXPECT_LT(level, 40u);
  EXPECT_EQ(events.log.back(), "out0 stopped");
  pop_all(level);
  settle();
  EXPECT_EQ(out_level(), 0u);
  EXPECT_EQ(raw() & bit::out_total_eof, 0u);
  // RESTART takes up the list behind the descriptor that was interrupted.
  put(0xE0, bit::out_restart);
  const auto rest = pop_all(200);
  EXPECT_EQ(rest, std::vector<std::uint8_t>(data.begin() + 200, data.end()));
}

TEST_F(GdmaOutList, ASelfLinkedRingIsPacedByTheFifo) {
  fill(ram, {1, 2, 3});
  descriptor(item(0), ram, 3, 3, item(0), last);
  put(0xD0, 0xA);  // LOOP_TEST
  put(0xD4, 1u << 12);
  start_out(item(0));
  const std::uint64_t before = timeline.events_run();
  run(second);
  EXPECT_LT(timeline.events_run() - before, 200u) << "a full FIFO costs nothing, however long";
  const auto got = pop_all(3000);
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], i % 3 + 1);
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof);
}

TEST_F(GdmaOutList, AWrittenBackRingStopsAtItsOwnTail) {
  put(0xD0, 0xC);
  put(0xD4, 1u << 12);
  descriptor(item(0), ram, 4, 4, item(0), last);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw() & bit::out_dscr_err, bit::out_dscr_err);
  EXPECT_EQ(out_level(), 4u);
}

}  // namespace
}  // namespace ferry::board
