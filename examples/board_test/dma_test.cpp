// The DMA exercise under test: 32,000 bytes of 0x42 over SPI, and back through a wire from GPIO4 to GPIO2.
#include <board/testing/test_board.hpp>
#include <gtest/gtest.h>

#include <cstdint>

namespace {

using ferry::board::millisecond;
using ferry::board::PinCounter;
using ferry::board::second;
using ferry::board::TestBoard;

constexpr unsigned sck = 0, miso = 2, mosi = 4, cs = 5;
constexpr std::uint64_t bits = 32'000 * 8;

TEST(Dma, ReceivesWhatItSends) {
  TestBoard test(FIRMWARE);
  test.wire(mosi, miso);
  PinCounter chip_select(test.board(), cs), clock(test.board(), sck);

  // Where the chip reads a bit, at the clock's rising edge, both pins are the same.
  std::uint64_t different = 0;
  test.on_edge(sck, [&](bool level) {
    if (level && test.level(mosi) != test.level(miso)) ++different;
  });

  ASSERT_TRUE(test.run_until_text("Received 42 42", 10 * second)) << test.describe();
  // CS rises when the pin is set up, and when the transfer is over.
  EXPECT_EQ(chip_select.falling(), 1u);
  EXPECT_EQ(chip_select.rising(), 2u);
  EXPECT_EQ(clock.rising(), bits);
  EXPECT_EQ(different, 0u);
}

TEST(Dma, ReceivesZerosWithoutTheWire) {
  TestBoard test(FIRMWARE);
  EXPECT_TRUE(test.run_until_text("Received 00 00", 10 * second)) << test.describe();
}

// A fault in the middle of a transfer: what came before it is right, what comes after it is zero.
TEST(Dma, LosesTheRestWhenTheWireBreaks) {
  TestBoard test(FIRMWARE);
  test.wire(mosi, miso);
  ASSERT_TRUE(test.run_until_level(cs, true, second)) << test.describe();
  ASSERT_TRUE(test.run_until_level(cs, false, second)) << test.describe();
  test.cut_at(test.now() + 1000 * millisecond, mosi, miso);
  ASSERT_TRUE(test.run_until_text("Received 42 42", 10 * second)) << test.describe();
  EXPECT_TRUE(test.run_until_text("... 00 00", millisecond * 100)) << test.describe();
}

// The same at many places: the firmware boots once, and every case goes on from the start of the transfer.
TEST(Dma, LosesTheRestWhereverTheWireBreaks) {
  TestBoard test(FIRMWARE);
  test.wire(mosi, miso);
  ASSERT_TRUE(test.run_until_level(cs, true, second)) << test.describe();
  ASSERT_TRUE(test.run_until_level(cs, false, second)) << test.describe();
  //! [boot-once]
  const TestBoard::Moment start = test.moment();
  for (const std::uint64_t later : {100u, 700u, 1300u, 1900u, 2500u}) {
    test.go_back(start);
    test.cut_at(test.now() + later * millisecond, mosi, miso);
    EXPECT_TRUE(test.run_until_text("Received 42 42", 10 * second)) << later << " ms, " << test.describe();
    EXPECT_TRUE(test.run_until_text("... 00 00", millisecond * 100)) << later << " ms, " << test.describe();
  }
  //! [boot-once]
  test.go_back(start);
  EXPECT_TRUE(test.run_until_text("... 42 42", 10 * second)) << test.describe();
}

}  // namespace
