// The receive side of GDMA: buffers, write-back, ends of frames, lists that are too short.
#include "tests/board/gdma_rig.hpp"

#include <algorithm>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GdmaIn : public GdmaRig {
 protected:
  GdmaIn() { connect(0); }
  void receive(const std::vector<std::uint8_t>& bytes) {
    push_all(bytes);
    port.end_of_frame();
    settle();
  }
  static std::uint32_t length_of(std::uint32_t word0) { return word0 >> 12 & 0xFFF; }
};

TEST_F(GdmaIn, AFrameLandsAndItsDescriptorIsWrittenBack) {
  const auto data = pattern(10);
  fill(ram, std::vector<std::uint8_t>(16, 0xEE));
  descriptor(item(0), ram, 16, 99, 0, bit::owner | bit::suc_eof | bit::err_eof);
  start_in(item(0));
  receive(data);
  EXPECT_EQ(bytes_at(ram, 10), data);
  EXPECT_EQ(bytes_at(ram + 10, 6), std::vector<std::uint8_t>(6, 0xEE)) << "what was not received stays";
  EXPECT_EQ(peek(item(0)), 16u | 10u << 12 | bit::suc_eof)
      << "length, suc_eof, owner 0, no err_eof; size stays";
  EXPECT_EQ(peek(item(0) + 4), ram);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  EXPECT_EQ(get(0x88), item(0));
  EXPECT_TRUE(in_parked());
  EXPECT_THAT(events.log, ElementsAre("in0 start", "in0 end of frame"));
}

TEST_F(GdmaIn, TheDescriptorIsWrittenBeforeTheBitsAreSet) {
  descriptor(item(0), ram, 8, 0);
  start_in(item(0));
  settle();
  push_all(pattern(8));
  port.end_of_frame();
  EXPECT_EQ(raw(), 0u);
  const Time ended = timeline.now();
  bool written = false;
  while (raw() == 0) {
    written = (peek(item(0)) & bit::owner) == 0;
    run(cpu_cycle);
  }
  EXPECT_FALSE(written) << "both become visible together";
  EXPECT_EQ(peek(item(0)) & bit::owner, 0u);
  const Time delay = timeline.now() - ended;
  EXPECT_GE(delay, 100 * nanosecond) << "the end of a frame takes its time";
  EXPECT_LE(delay, 300 * nanosecond);
}

TEST_F(GdmaIn, TheLastBytesAreStillOnTheirWayWhenTheFrameEnds) {
  fill(ram, std::vector<std::uint8_t>(8, 0xEE));
  descriptor(item(0), ram, 8, 0);
  start_in(item(0));
  settle();
  push_all({1, 2, 3, 4, 5, 6});
  settle();
  EXPECT_EQ(bytes_at(ram, 6), (std::vector<std::uint8_t>{1, 2, 3, 4, 0xEE, 0xEE}));
  port.end_of_frame();
  EXPECT_EQ(bytes_at(ram, 6), (std::vector<std::uint8_t>{1, 2, 3, 4, 0xEE, 0xEE}));
  settle();
  EXPECT_EQ(bytes_at(ram, 8), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 0xEE, 0xEE}));
}

// A full word stays in the FIFO as well while it may be the frame's last.
TEST_F(GdmaIn, TheLastWordWaitsForItsSuccessor) {
  fill(ram, std::vector<std::uint8_t>(12, 0xEE));
  for (const bool burst : {false, true}) {
    gdma.reset();
    connect(0);
    put(0x70, burst ? 8 : 0);
    descriptor(item(0), ram, 32, 0);
    start_in(item(0));
    settle();
    push_all(pattern(16));
    settle();
    EXPECT_EQ(in_level(), burst ? 16u : 4u);
    push_all({1});
    settle();
    EXPECT_EQ(in_level(), 1u);
    EXPECT_EQ(bytes_at(ram, 16), pattern(16));
  }
}

TEST_F(GdmaIn, AListFillsBufferAfterBuffer) {
  const auto data = pattern(5000);
  descriptor(item(0), ram + 1, 1001, 0, item(3));
  descriptor(item(3), ram + 0x2000, 4000, 0, item(1));
  descriptor(item(1), ram + 0x4003, 7, 0, 0);
  start_in(item(0));
  receive(data);
  EXPECT_EQ(bytes_at(ram + 1, 1001), std::vector<std::uint8_t>(data.begin(), data.begin() + 1001));
  EXPECT_EQ(bytes_at(ram + 0x2000, 3999), std::vector<std::uint8_t>(data.begin() + 1001, data.end()));
  EXPECT_EQ(peek(item(0)), 1001u | 1001u << 12);
  EXPECT_EQ(peek(item(3)), 4000u | 3999u << 12 | bit::suc_eof);
  EXPECT_EQ(peek(item(1)), 7u | bit::owner) << "not reached";
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

// The frame's last byte fills its descriptor: that one holds the end, no empty one follows.
TEST_F(GdmaIn, AFrameThatFitsExactly) {
  descriptor(item(0), ram, 8, 0, item(1));
  descriptor(item(1), ram + 8, 8, 0, item(2));
  descriptor(item(2), ram + 16, 8, 0, 0);
  start_in(item(0));
  receive(pattern(16));
  EXPECT_EQ(peek(item(0)), 8u | 8u << 12);
  EXPECT_EQ(peek(item(1)), 8u | 8u << 12 | bit::suc_eof);
  EXPECT_EQ(peek(item(2)), 8u | bit::owner);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof) << "no IN_DSCR_EMPTY";
  EXPECT_EQ(get(0x88), item(1));
}

TEST_F(GdmaIn, TheNextFrameStartsInTheNextDescriptor) {
  descriptor(item(0), ram, 100, 0, item(1));
  descriptor(item(1), ram + 100, 100, 0, 0);
  start_in(item(0));
  receive(pattern(10));
  EXPECT_FALSE(in_parked());
  clear(0x1FFF);
  receive(pattern(20, 7));
  EXPECT_EQ(bytes_at(ram + 100, 20), pattern(20, 7));
  EXPECT_EQ(peek(item(0)), 100u | 10u << 12 | bit::suc_eof);
  EXPECT_EQ(peek(item(1)), 100u | 20u << 12 | bit::suc_eof);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  EXPECT_EQ(get(0x88), item(1));
  EXPECT_THAT(events.log, ElementsAre("in0 start", "in0 end of frame", "in0 start", "in0 end of frame"));
}

TEST_F(GdmaIn, AListThatIsTooShort) {
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

TEST_F(GdmaIn, DataAfterTheEndOfTheListFindNoDescriptor) {
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  receive(pattern(8));
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  port.push(1);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::in_dscr_empty);
}

TEST_F(GdmaIn, AppendAndRestartTakesUpTheSurplus) {
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

TEST_F(GdmaIn, RestartBeforeTheEndIsReached) {
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

TEST_F(GdmaIn, WithoutAStartTheFifoFills) {
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(port.push(static_cast<std::uint8_t>(i)));
  EXPECT_FALSE(port.push(0));
  EXPECT_EQ(raw(), bit::infifo_ovf);
  // And what is in it comes first after a START that no reset preceded.
  descriptor(item(0), ram, 100, 0, 0);
  start_in(item(0));
  settle();
  push_all({0xAA});
  port.end_of_frame();
  settle();
  EXPECT_EQ(bytes_at(ram + 63, 2), (std::vector<std::uint8_t>{63, 0xAA}));
  reset_in();
  EXPECT_EQ(in_level(), 0u);
}

TEST_F(GdmaIn, AnEndOfFrameWithoutBytesClosesTheDescriptor) {
  descriptor(item(0), ram, 8, 5, 0);
  start_in(item(0));
  settle();
  receive({});
  EXPECT_EQ(peek(item(0)), 8u | bit::suc_eof);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

TEST_F(GdmaIn, AStaleEndOfFrameIsClearedByReset) {
  port.end_of_frame();
  reset_in();
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  settle();
  EXPECT_EQ(raw(), 0u);
  receive({1});
  EXPECT_EQ(peek(item(0)), 8u | 1u << 12 | bit::suc_eof);
}

TEST_F(GdmaIn, ChecksAndRecovery) {
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

TEST_F(GdmaIn, TheOwnerOfTheNextDescriptorIsCheckedWhenItIsLoaded) {
  put(0x74, 1u << 12);
  descriptor(item(0), ram, 8, 0, item(1));
  descriptor(item(1), ram + 8, 8, 0, 0, 0);
  start_in(item(0));
  receive({1, 2, 3});
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::in_dscr_err);
  EXPECT_EQ(bytes_at(ram, 3), (std::vector<std::uint8_t>{1, 2, 3}));
}

TEST_F(GdmaIn, BurstsNeedAlignedBuffers) {
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

TEST_F(GdmaIn, SizeZeroIsReportedAndRefused) {
  descriptor(item(0), ram, 0, 0, item(0));
  start_in(item(0));
  settle();
  EXPECT_EQ(raw(), bit::in_dscr_err);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("size 0")));
}

TEST_F(GdmaIn, LoopTestLeavesTheOwner) {
  put(0x70, 2);
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  receive({1, 2});
  EXPECT_EQ(peek(item(0)), 8u | 2u << 12 | bit::suc_eof | bit::owner);
}

TEST_F(GdmaIn, ARingWithoutOwnerCheckIsOverwritten) {
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

TEST_F(GdmaIn, ACheckedSelfLinkedRingStopsAtItsFirstTurn) {
  put(0x74, 1u << 12);
  descriptor(item(0), ram, 4, 0, item(0));
  start_in(item(0));
  receive(pattern(6));
  EXPECT_EQ(raw(), bit::in_done | bit::in_dscr_err);
}

TEST_F(GdmaIn, StopLeavesTheDescriptorOpen) {
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

TEST_F(GdmaIn, ProgressRegistersFollowTheManual) {
  descriptor(item(0), ram, 4, 0, item(1));
  descriptor(item(1), ram + 4, 4, 0, item(2));
  descriptor(item(2), ram + 8, 4, 0, 0);
  start_in(item(0));
  settle();
  EXPECT_EQ(get(0x90), item(1));
  EXPECT_EQ(get(0x94), item(0));
  EXPECT_EQ(get(0x98), 0u);
  EXPECT_EQ(get(0x84) & 0x3'FFFF, item(1) & 0x3'FFFF);
  push_all(pattern(5));
  settle();
  EXPECT_EQ(get(0x90), item(2));
  EXPECT_EQ(get(0x94), item(1));
  EXPECT_EQ(get(0x98), item(0));
  push_all(pattern(7));
  port.end_of_frame();
  settle();
  EXPECT_EQ(get(0x90), 0u);
  EXPECT_EQ(get(0x94), item(2));
  EXPECT_EQ(get(0x84), item(2) & 0x3'FFFF);
}

TEST_F(GdmaIn, RandomFramesIntoRandomLists) {
  Random random(489);
  for (int round = 0; round < 200; ++round) {
    gdma.reset();
    connect(0);
    const bool burst = random() % 3 == 0;
    put(0x70, (burst ? 8u : 0u) | (random() & 4u));
    struct Buffer {
      std::uint32_t address, size;
    };
    std::vector<Buffer> buffers;
    std::uint32_t at = ram, capacity = 0;
    const unsigned count = 1 + random() % 6;
    for (unsigned i = 0; i < count; ++i) {
      std::uint32_t size = random() % 3 == 0 ? 1 + random() % 4095 : 1 + random() % 40;
      at += burst ? 4 * (random() % 3) : random() % 5;
      if (burst) size = (size + 3) / 4 * 4 % 4096 == 0 ? 4092 : (size + 3) / 4 * 4;
      buffers.push_back({at, size});
      at += size;
      if (burst) at = (at + 3) / 4 * 4;
      capacity += size;
    }
    for (unsigned i = 0; i < count; ++i)
      descriptor(item(i), buffers[i].address, buffers[i].size, 0, i + 1 < count ? item(i + 1) : 0);
    const auto data = pattern(1 + random() % capacity, random());
    start_in(item(0));
    receive(data);
    ASSERT_EQ(raw(), bit::in_done | bit::in_suc_eof) << "round " << round;
    std::size_t done = 0;
    for (unsigned i = 0; i < count && done < data.size(); ++i) {
      const std::size_t here = std::min<std::size_t>(buffers[i].size, data.size() - done);
      ASSERT_EQ(bytes_at(buffers[i].address, here),
                std::vector<std::uint8_t>(data.begin() + static_cast<std::ptrdiff_t>(done),
                                          data.begin() + static_cast<std::ptrdiff_t>(done + here)));
      ASSERT_EQ(length_of(peek(item(i))), here);
      done += here;
      ASSERT_EQ((peek(item(i)) & bit::suc_eof) != 0, done == data.size());
    }
  }
}

}  // namespace
}  // namespace ferry::board
