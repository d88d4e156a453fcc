// The receive side of GDMA where a list is refused, cut off or continued: errors, restart, stop, rings.
#include "tests/board/gdma_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GdmaInList : public GdmaRig {
 protected:
  GdmaInList() { connect(0); }
};

TEST_F(GdmaInList, AListThatIsTooShort) {
  const auto data = pattern(20);
  descriptor(item(0), ram, 8, 0, item(1));
  descriptor(item(1), ram + 8, 4, 0, 0);
  start_in(item(0));
  receive(data);
  EXPECT_EQ(bytes_at(ram, 12), std::vector<std::uint8_t>(data.begin(), data.begin() + 12));
  EXPECT_EQ(raw(), bit::in_done | bit::in_dscr_empty) << "no IN_SUC_EOF";
  EXPECT_EQ(peek(item(1)), 4u | 4u << 12);
  EXPECT_EQ(in_level(), 8u);
  EXPECT_TRUE(in_parked());
  EXPECT_EQ(events.log.back(), "in0 list too short");
  // The FIFO takes what it can, then it is full.
  for (int i = 0; i < 56; ++i) EXPECT_TRUE(port.push(0));
  EXPECT_EQ(raw() & bit::infifo_ovf, 0u);
  EXPECT_FALSE(port.push(0));
  EXPECT_EQ(raw() & bit::infifo_ovf, bit::infifo_ovf);
}

TEST_F(GdmaInList, DataAfterTheEndOfTheListFindNoDescriptor) {
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  receive(pattern(8));
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  port.push(1);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::in_dscr_empty);
}

TEST_F(GdmaInList, AppendAndRestartTakesUpTheSurplus) {
  const auto data = pattern(30);
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  receive(data);
  EXPECT_EQ(raw(), bit::in_done | bit::in_dscr_empty);
  clear(0x1FFF);
  descriptor(item(1), ram + 8, 100, 0, 0);
  poke(item(0) + 8, item(1));
  put(0x80, get(0x80) | bit::in_restart);
  settle();
  EXPECT_EQ(bytes_at(ram, 30), data);
  EXPECT_EQ(peek(item(1)), 100u | 22u << 12 | bit::suc_eof);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

TEST_F(GdmaInList, RestartBeforeTheEndIsReached) {
  const auto data = pattern(30);
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  push_all(std::vector<std::uint8_t>(data.begin(), data.begin() + 8));
  settle();
  descriptor(item(1), ram + 8, 100, 0, 0);
  poke(item(0) + 8, item(1));
  put(0x80, get(0x80) | bit::in_restart);
  receive(std::vector<std::uint8_t>(data.begin() + 8, data.end()));
  EXPECT_EQ(bytes_at(ram, 30), data);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

TEST_F(GdmaInList, ChecksAndRecovery) {
  put(0x74, 1u << 12);
  descriptor(item(0), ram, 8, 0, 0, 0);
  start_in(item(0));
  settle();
  EXPECT_EQ(raw(), bit::in_dscr_err);
  EXPECT_EQ(events.log.back(), "in0 descriptor belongs to the CPU");
  clear(0x1FFF);
  descriptor(item(0), ram, 8, 0, 0);
  put(0x80, get(0x80) | bit::in_restart);
  settle();
  EXPECT_TRUE(in_parked());
  start_in(item(0));
  settle();
  EXPECT_TRUE(in_parked());
  reset_in();
  start_in(item(0));
  receive({1, 2});
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);

  for (const auto& [buffer, next] :
       {std::pair{0x3FCE'0000u, 0u}, std::pair{0x4038'0000u, 0u}, std::pair{0x3FC7'FFFFu, 0u},
        std::pair{0x3C00'0000u, 0u}, std::pair{0x3FC8'0000u, 0x4039'0000u}}) {
    reset_in();
    clear(0x1FFF);
    descriptor(item(0), buffer, 8, 0, next);
    start_in(item(0));
    settle();
    EXPECT_EQ(raw(), bit::in_dscr_err) << std::hex << buffer;
  }
  reset_in();
  clear(0x1FFF);
  descriptor(item(0), 0x3FCD'FFFE, 8, 0, 0);
  start_in(item(0));
  receive({1, 2, 3, 4});
  EXPECT_EQ(raw(), bit::in_dscr_err) << "leaves memory after two bytes";
  EXPECT_EQ(bytes_at(0x3FCD'FFFE, 2), (std::vector<std::uint8_t>{1, 2}));
}

TEST_F(GdmaInList, TheOwnerOfTheNextDescriptorIsCheckedWhenItIsLoaded) {
  put(0x74, 1u << 12);
  descriptor(item(0), ram, 8, 0, item(1));
  descriptor(item(1), ram + 8, 8, 0, 0, 0);
  start_in(item(0));
  receive({1, 2, 3});
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::in_dscr_err);
  EXPECT_EQ(bytes_at(ram, 3), (std::vector<std::uint8_t>{1, 2, 3}));
}

TEST_F(GdmaInList, BurstsNeedAlignedBuffers) {
  for (const auto& [buffer, size, good] :
       {std::tuple{ram, 8u, true}, std::tuple{ram + 2, 8u, false}, std::tuple{ram, 7u, false},
        std::tuple{ram + 1, 4095u, false}, std::tuple{ram + 4, 4092u, true}}) {
    gdma.reset();
    connect(0);
    put(0x70, 1u << 3);
    descriptor(item(0), buffer, size, 0, 0);
    start_in(item(0));
    receive({1, 2, 3});  // the length received may be anything
    EXPECT_EQ(raw(), good ? bit::in_done | bit::in_suc_eof : bit::in_dscr_err) << buffer << ' ' << size;
    if (good) {
      EXPECT_EQ(bytes_at(buffer, 3), (std::vector<std::uint8_t>{1, 2, 3}));
    }
  }
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("IN_DATA_BURST_EN")));
}

TEST_F(GdmaInList, SizeZeroIsReportedAndRefused) {
  descriptor(item(0), ram, 0, 0, item(0));
  start_in(item(0));
  settle();
  EXPECT_EQ(raw(), bit::in_dscr_err);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("size 0")));
}

TEST_F(GdmaInList, ARingWithoutOwnerCheckIsOverwritten) {
  descriptor(item(0), ram, 4, 0, item(1));
  descriptor(item(1), ram + 4, 4, 0, item(0));
  start_in(item(0));
  std::vector<std::uint8_t> data(1001);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  receive(data);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  EXPECT_EQ(bytes_at(ram, 8), (std::vector<std::uint8_t>{1000 % 256, 993 % 256, 994 % 256, 995 % 256,
                                                         996 % 256, 997 % 256, 998 % 256, 999 % 256}));
  const std::uint64_t before = timeline.events_run();
  run(second);
  EXPECT_LT(timeline.events_run() - before, 10u);
}

TEST_F(GdmaInList, ACheckedSelfLinkedRingStopsAtItsFirstTurn) {
  put(0x74, 1u << 12);
  descriptor(item(0), ram, 4, 0, item(0));
  start_in(item(0));
  receive(pattern(6));
  EXPECT_EQ(raw(), bit::in_done | bit::in_dscr_err);
}

TEST_F(GdmaInList, StopLeavesTheDescriptorOpen) {
  descriptor(item(0), ram, 100, 0, 0);
  start_in(item(0));
  push_all(pattern(8));
  settle();
  put(0x80, bit::in_stop);
  EXPECT_TRUE(in_parked());
  settle();
  EXPECT_EQ(peek(item(0)), 100u | bit::owner);
  EXPECT_EQ(raw(), 0u);
  EXPECT_EQ(events.log.back(), "in0 stopped");
}

}  // namespace
}  // namespace ferry::board
