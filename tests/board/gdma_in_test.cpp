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
  put(0x08, bit::in_done | bit::in_suc_eof);
  std::uint32_t seen = 0;
  lines.on_rise = [&] { seen = peek(item(0)); };
  port.end_of_frame();
  EXPECT_EQ(raw(), 0u);
  const Time ended = timeline.now();
  bool written = false;
  while (raw() == 0) {
    written = (peek(item(0)) & bit::owner) == 0;
    run(cpu_cycle);
  }
  EXPECT_FALSE(written) << "both become visible together";
  EXPECT_EQ(seen, 8u | 8u << 12 | bit::suc_eof) << "the interrupt finds it written";
  lines.on_rise = nullptr;
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

TEST_F(GdmaIn, AFrameWithoutBytesIsOneAllTheSame) {
  descriptor(item(0), ram, 100, 0, item(1));
  descriptor(item(1), ram + 100, 100, 0, 0);
  start_in(item(0));
  receive(pattern(10));
  receive({});
  EXPECT_EQ(peek(item(1)), 100u | bit::suc_eof);
  EXPECT_THAT(events.log, ElementsAre("in0 start", "in0 end of frame", "in0 start", "in0 end of frame"));
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

TEST_F(GdmaIn, LoopTestLeavesTheOwner) {
  put(0x70, 2);
  descriptor(item(0), ram, 8, 0, 0);
  start_in(item(0));
  receive({1, 2});
  EXPECT_EQ(peek(item(0)), 8u | 2u << 12 | bit::suc_eof | bit::owner);
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
