// Memory to memory: the TX half of a pair feeds the RX half of the same pair.
#include "tests/board/gdma_rig.hpp"

#include <algorithm>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GdmaMemory : public GdmaRig {
 protected:
  static constexpr std::uint32_t last = bit::owner | bit::suc_eof;
  static constexpr std::uint32_t source = ram, destination = ram + 0x8000;

  void enable(unsigned channel, std::uint32_t peripheral = 2) {
    put(0x70, get(0x70, channel) | 1u << 4, channel);
    put(0xA0, peripheral, channel);
    put(0x100, peripheral, channel);
  }
};

TEST_F(GdmaMemory, CopiesAndReportsBothSides) {
  const auto data = pattern(300);
  fill(source, data);
  fill(destination, std::vector<std::uint8_t>(301, 0xEE));
  enable(1);
  descriptor(item(0), source, 300, 300, 0, last);
  descriptor(item(1), destination, 4095, 0, 0);
  start_out(item(0), 1);
  start_in(item(1), 1);
  settle();
  EXPECT_EQ(bytes_at(destination, 300), data);
  EXPECT_EQ(bytes_at(destination + 300, 1).front(), 0xEE);
  EXPECT_EQ(raw(1), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
  EXPECT_EQ(peek(item(1)), 4095u | 300u << 12 | bit::suc_eof);
  EXPECT_EQ(raw(0) | raw(2), 0u);
}

TEST_F(GdmaMemory, EitherOrderOfStarting) {
  const auto data = pattern(300);
  fill(source, data);
  enable(0);
  descriptor(item(0), source, 300, 300, 0, last);
  descriptor(item(1), destination, 300, 0, 0);
  start_in(item(1));
  settle();
  start_out(item(0));
  settle();
  EXPECT_EQ(bytes_at(destination, 300), data);
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
}

TEST_F(GdmaMemory, NothingMovesWithoutAPeripheralNumber) {
  for (const std::uint32_t number : {0x3Fu, 1u, 4u, 5u, 9u}) {
    gdma.reset();
    enable(0, number);
    descriptor(item(0), source, 30, 30, 0, last);
    descriptor(item(1), destination, 30, 0, 0);
    start_out(item(0));
    start_in(item(1));
    settle();
    EXPECT_EQ(raw(), 0u) << number;
  }
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("memory-to-memory needs a valid peripheral number")));
  for (const std::uint32_t number : {0u, 2u, 3u, 6u, 7u, 8u}) {
    gdma.reset();
    enable(0, number);
    start_out(item(0));
    start_in(item(1));
    descriptor(item(1), destination, 30, 0, 0);
    settle();
    EXPECT_EQ(raw() & bit::in_suc_eof, bit::in_suc_eof) << number;
  }
}

TEST_F(GdmaMemory, ThePeripheralIsNotConnectedMeanwhile) {
  enable(0, 0);
  put(0xA0, 0, 1);  // channel 1 has SPI2 for receiving
  EXPECT_TRUE(port.push(1));
  EXPECT_EQ(in_level(0), 0u);
  EXPECT_EQ(in_level(1), 1u);
  descriptor(item(0), source, 30, 30, 0, last);
  start_out(item(0));
  settle();
  EXPECT_FALSE(port.pop().has_value());
  EXPECT_EQ(raw() & bit::outfifo_udf, 0u);
}

TEST_F(GdmaMemory, AShortDestinationStallsTheSource) {
  enable(0);
  descriptor(item(0), source, 1000, 1000, 0, last);
  descriptor(item(1), destination, 100, 0, 0);
  start_out(item(0));
  start_in(item(1));
  settle();
  EXPECT_EQ(raw(), bit::in_done | bit::in_dscr_empty);
  EXPECT_EQ(events.bytes["in0 "], 100u);
  EXPECT_EQ(events.bytes["out0 "], 100u + 64 + 64) << "both FIFOs are full";
  EXPECT_EQ(raw() & bit::infifo_ovf, 0u);
}

TEST_F(GdmaMemory, EverySucEofOfTheSourceEndsAFrame) {
  const auto data = pattern(60);
  fill(source, data);
  enable(0);
  descriptor(item(0), source, 10, 10, item(1), last);
  descriptor(item(1), source + 10, 50, 50, 0, last);
  descriptor(item(2), destination, 100, 0, item(3));
  descriptor(item(3), destination + 100, 100, 0, 0);
  start_out(item(0));
  start_in(item(2));
  settle();
  EXPECT_EQ(peek(item(2)), 100u | 10u << 12 | bit::suc_eof);
  EXPECT_EQ(peek(item(3)), 100u | 50u << 12 | bit::suc_eof);
  EXPECT_EQ(bytes_at(destination + 100, 50), std::vector<std::uint8_t>(data.begin() + 10, data.end()));
}

TEST_F(GdmaMemory, AllPairsAtOnce) {
  for (unsigned channel = 0; channel < 3; ++channel) {
    const auto data = pattern(4000, channel + 1);
    fill(source + 0x1000 * channel, data);
    put(0xFC, channel, channel);
    put(0x9C, 2 - channel, channel);
    enable(channel, std::array{2u, 3u, 6u}[channel]);
    descriptor(item(2 * channel), source + 0x1000 * channel, 4000, 4000, 0, last);
    descriptor(item(2 * channel + 1), destination + 0x1000 * channel, 4000, 0, 0);
    start_out(item(2 * channel), channel);
    start_in(item(2 * channel + 1), channel);
  }
  run(millisecond);
  for (unsigned channel = 0; channel < 3; ++channel) {
    EXPECT_EQ(bytes_at(destination + 0x1000 * channel, 4000), pattern(4000, channel + 1));
    EXPECT_EQ(raw(channel) & bit::in_suc_eof, bit::in_suc_eof);
  }
}

TEST_F(GdmaMemory, RandomBoundariesOnBothSides) {
  Random random(1107);
  for (int round = 0; round < 300; ++round) {
    gdma.reset();
    put(0xD0, 8u | (random() & 0x34u));
    put(0x70, random() & 4u);
    put(0x74, random() % 2 == 0 ? 0x1000 : 0);
    put(0xD4, random() % 2 == 0 ? 0x1000 : 0);
    enable(0, std::array{2u, 3u, 7u}[random() % 3]);
    const auto total = 1 + random() % 9000;
    const auto data = pattern(total, random());
    const std::uint32_t from = source + random() % 4, to = destination + random() % 4;
    fill(from, data);
    const auto chain = [&](std::uint32_t first, std::uint32_t buffer, bool sends) {
      unsigned index = 0;
      for (std::uint32_t done = 0; done < total; ++index) {
        const std::uint32_t most = std::min<std::uint32_t>(random() % 4 == 0 ? 4095 : 50, total - done);
        const auto here = 1 + random() % most;
        done += here;
        const std::uint32_t at = first + 12 * index;
        descriptor(at, buffer + done - here, here, sends ? here : 0, done < total ? at + 12 : 0,
                   sends && done == total ? last : bit::owner);
      }
    };
    chain(0x3FCA'0000, from, true);
    chain(0x3FCB'0000, to, false);
    start_out(0x3FCA'0000);
    start_in(0x3FCB'0000);
    run(millisecond);
    ASSERT_EQ(bytes_at(to, total), data) << "round " << round;
    ASSERT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
  }
}

}  // namespace
}  // namespace ferry::board
