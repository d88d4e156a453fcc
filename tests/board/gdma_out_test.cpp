// The transmit side of GDMA: lists, checks, end-of-frame bits, write-back, restart and stop.
#include "tests/board/gdma_rig.hpp"

#include <optional>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class GdmaOut : public GdmaRig {
 protected:
  GdmaOut() { connect(0); }
  static constexpr std::uint32_t last = bit::owner | bit::suc_eof;
  static constexpr std::uint32_t tx_bits = 0x1958;
};

TEST_F(GdmaOut, NothingHappensInsideTheStoreThatStarts) {
  descriptor(item(0), ram, 4, 4, 0, last);
  start_out(item(0));
  EXPECT_EQ(out_level(), 0u);
  EXPECT_EQ(raw(), 0u);
  EXPECT_TRUE(events.loaded.empty());
}

// esp-hal #489: an SPI transfer 30 and 56 CPU cycles after START finds nothing, after 66 and 76 it works.
TEST_F(GdmaOut, TheFirstByteComesAboutSixtyCyclesAfterStart) {
  for (const bool descriptor_burst : {false, true})
    for (const bool data_burst : {false, true})
      for (const std::uint32_t length : {1u, 4u, 16u, 4000u})
        for (const std::uint32_t misalignment : {0u, 1u, 3u}) {
          gdma.reset();
          connect(0);
          put(0xD0, 8u | (descriptor_burst ? 16u : 0u) | (data_burst ? 32u : 0u));
          descriptor(item(0), ram + misalignment, length, length, 0, last);
          start_out(item(0));
          run_cycles(58);
          EXPECT_EQ(out_level(), 0u);
          run_cycles(8);
          EXPECT_GT(out_level(), 0u) << descriptor_burst << data_burst << ' ' << length << ' '
                                     << misalignment;
        }
}

TEST_F(GdmaOut, AListGivesItsBytesInOrder) {
  const auto data = pattern(5000);
  fill(ram + 3, data);
  // Unequal pieces, unaligned, the nodes not in memory order.
  descriptor(item(2), ram + 3, 1000, 1000, item(0));
  descriptor(item(0), ram + 1003, 4000, 1, item(5));
  descriptor(item(5), ram + 1004, 3999, 3999, 0, last);
  start_out(item(2));
  EXPECT_EQ(pop_all(5000), data);
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
  EXPECT_THAT(events.loaded, ElementsAre(item(2), item(0), item(5)));
  EXPECT_THAT(events.closed, ElementsAre(item(2), item(0), item(5)));
  EXPECT_THAT(events.log, ElementsAre("out0 start", "out0 end of list"));
  EXPECT_EQ(events.bytes["out0 "], 5000u);
  EXPECT_TRUE(events.notices.empty());
}

TEST_F(GdmaOut, TheFifoHasAnEndAndIsRefilled) {
  const auto data = pattern(300);
  fill(ram, data);
  descriptor(item(0), ram, 300, 300, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(out_level(), 63u);
  EXPECT_EQ(events.bytes["out0 "], 64u) << "64 bytes, not one more";
  std::vector<std::uint8_t> got;
  for (int i = 0; i < 300; ++i) {
    got.push_back(port.pop().value());
    run(100 * nanosecond);
  }
  EXPECT_EQ(got, data);
}

TEST_F(GdmaOut, DoneMeansTheLastByteHasLeftTheFifo) {
  descriptor(item(0), ram, 2, 2, item(1));
  descriptor(item(1), ram, 2, 2, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), 0u);
  port.pop();
  EXPECT_EQ(raw(), 0u);
  port.pop();
  EXPECT_EQ(raw(), bit::out_done);
  clear(bit::out_done);
  port.pop();
  EXPECT_EQ(raw(), 0u);
  port.pop();
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
}

TEST_F(GdmaOut, EofModeZeroFiresWhenTheLastByteEnters) {
  put(0xD0, 0);
  descriptor(item(0), ram, 8, 8, item(1), last);
  descriptor(item(1), ram, 100, 100, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(raw(), bit::out_eof) << "the first frame is in the FIFO, the second is not";
  EXPECT_EQ(get(0xE8), item(0));
  clear(bit::out_eof);
  pop_all(50);
  settle();
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof);
  EXPECT_EQ(get(0xE8), item(1));
  EXPECT_EQ(get(0xEC), item(0)) << "the descriptor before the one that ended the frame";
}

TEST_F(GdmaOut, EofModeOneFiresWhenTheLastByteIsTaken) {
  descriptor(item(0), ram, 3, 3, item(1), last);
  descriptor(item(1), ram, 3, 3, 0, last);
  start_out(item(0));
  settle();
  port.pop();
  port.pop();
  EXPECT_EQ(raw(), 0u);
  port.pop();
  EXPECT_EQ(raw(), bit::out_eof | bit::out_done) << "no OUT_TOTAL_EOF before the end of the list";
  EXPECT_EQ(get(0xE8), item(0));
  pop_all(3);
  EXPECT_EQ(raw(), bit::out_eof | bit::out_done | bit::out_total_eof);
  EXPECT_EQ(get(0xE8), item(1));
}

TEST_F(GdmaOut, WithoutSucEofThereIsNoEof) {
  descriptor(item(0), ram, 4, 4, 0, bit::owner);
  start_out(item(0));
  pop_all(4);
  EXPECT_EQ(raw(), bit::out_done);
  EXPECT_EQ(get(0xE8), 0u);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("without suc_eof")));
  EXPECT_THAT(events.log, ElementsAre("out0 start", "out0 end of list"));
}

TEST_F(GdmaOut, AnEmptyFifoUnderflows) {
  EXPECT_FALSE(port.pop().has_value());
  EXPECT_EQ(raw(), bit::outfifo_udf);
}

TEST_F(GdmaOut, OnlyAutoWriteBackChangesTheDescriptor) {
  const std::uint32_t word0 = 100 | 4u << 12 | last;
  for (const auto& [conf0, expected] : {std::pair{0x8u, word0},                // never touched
                                        std::pair{0xCu, word0 & ~bit::owner},  // AUTO_WRBACK
                                        std::pair{0xEu, word0}}) {             // LOOP_TEST keeps the owner
    gdma.reset();
    connect(0);
    put(0xD0, conf0);
    poke(item(0), word0);
    poke(item(0) + 4, ram);
    poke(item(0) + 8, 0);
    start_out(item(0));
    settle();
    EXPECT_EQ(peek(item(0)), expected) << conf0;
    EXPECT_EQ(raw(), 0u);
    pop_all(4);
    EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
  }
}

TEST_F(GdmaOut, WriteBackComesBeforeTheInterrupt) {
  put(0xD0, 0x4);
  descriptor(item(0), ram, 16, 16, 0, last);
  start_out(item(0));
  put(0x08, bit::out_eof);
  std::optional<std::uint32_t> seen;
  lines.on_rise = [&] { seen = peek(item(0)); };
  settle();
  lines.on_rise = nullptr;
  EXPECT_EQ(seen, 16u | 16u << 12 | bit::suc_eof);
}

TEST_F(GdmaOut, LeftoversAreSentFirst) {
  fill(ram, {1, 2, 3, 4, 5, 6});
  descriptor(item(0), ram, 6, 6, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(pop_all(2), (std::vector<std::uint8_t>{1, 2}));
  fill(ram, {7, 8});
  descriptor(item(0), ram, 2, 2, 0, last);
  start_out(item(0));
  settle();
  EXPECT_EQ(pop_all(6), (std::vector<std::uint8_t>{3, 4, 5, 6, 7, 8}));
  descriptor(item(0), ram, 2, 2, 0, last);
  start_out(item(0));
  settle();
  reset_out();
  EXPECT_EQ(out_level(), 0u);
}

TEST_F(GdmaOut, ProgressRegistersFollowTheManual) {
  descriptor(item(0), ram, 2, 2, item(1));
  descriptor(item(1), ram, 100, 100, item(2));
  descriptor(item(2), ram, 1, 1, 0, last);
  start_out(item(0));
  settle();
  // In descriptor 1: next, current, previous.
  EXPECT_EQ(get(0xF0), item(2));
  EXPECT_EQ(get(0xF4), item(1));
  EXPECT_EQ(get(0xF8), item(0));
  EXPECT_EQ(get(0xE4) & 0x3'FFFF, item(2) & 0x3'FFFF);
  EXPECT_NE(get(0xE4) >> 20 & 7, 0u);
  pop_all(103);
  settle();
  EXPECT_EQ(get(0xF0), 0u);
  EXPECT_EQ(get(0xF4), item(2));
  EXPECT_EQ(get(0xF8), item(1));
  EXPECT_EQ(get(0xE4), item(2) & 0x3'FFFF) << "idle, at the last descriptor";
}

TEST_F(GdmaOut, RandomListsArriveByteForByte) {
  Random random(20261125);
  for (int round = 0; round < 200; ++round) {
    gdma.reset();
    connect(0);
    put(0xD0, 8u | (random() & 0x34u));  // write-back, both bursts
    std::vector<std::uint8_t> all;
    const unsigned count = 1 + random() % 6;
    std::uint32_t at = ram;
    for (unsigned i = 0; i < count; ++i) {
      const std::uint32_t length = random() % 3 == 0 ? 1 + random() % 4095 : 1 + random() % 40;
      at += random() % 5;
      const auto data = pattern(length, random());
      fill(at, data);
      all.insert(all.end(), data.begin(), data.end());
      descriptor(item(i), at, length, length, i + 1 < count ? item(i + 1) : 0,
                 i + 1 < count ? bit::owner : last);
      at += length;
    }
    start_out(item(0));
    ASSERT_EQ(pop_all(all.size()), all) << "round " << round;
    settle();
    EXPECT_EQ(raw() & tx_bits, bit::out_done | bit::out_eof | bit::out_total_eof);
    EXPECT_THAT(events.notices, SizeIs(0));
  }
}

}  // namespace
}  // namespace ferry::board
