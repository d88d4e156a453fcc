// Transfers through the 64 bytes of W0…W15.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using Bytes = std::vector<std::uint8_t>;

class Spi2Buffer : public Spi2Rig {
 protected:
  Spi2Buffer() {
    set_up(0x001001);  // 20 MHz
    loop_back();
  }
  static Bytes inverse(Bytes bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
    return bytes;
  }
};

TEST_F(Spi2Buffer, ReceivedBytesReplaceTheSentOnesInPlace) {
  const auto data = pattern(64);
  put_buffer(data);
  transfer(64 * 8);
  EXPECT_EQ(decode(mosi_pin, true), data);
  EXPECT_EQ(buffer(0, 64), data);
  // With the line inverted on its way back the replacement shows.
  pins.route_input(chip::signal::fspiq, {.from = InputRoute::From::pad, .pin = miso_pin, .inverted = true});
  transfer(64 * 8);
  EXPECT_EQ(decode(mosi_pin, true), data);
  EXPECT_EQ(buffer(0, 64), inverse(data));
}

TEST_F(Spi2Buffer, ByteOrderIsThatOfTheWords) {
  spi_put(spi::w0, 0x04030201);
  spi_put(spi::w0 + 4, 0x08070605);
  transfer(64);
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(spi_get(spi::w0 + 4), 0x08070605u);
}

TEST_F(Spi2Buffer, ALongTransferGoesRound) {
  const auto data = pattern(64);
  put_buffer(data);
  spi_put(spi::user, spi::doutdin | spi::mosi);
  transfer(100 * 8);
  Bytes expected = data;
  expected.insert(expected.end(), data.begin(), data.begin() + 36);
  EXPECT_EQ(decode(mosi_pin, true), expected);
  EXPECT_EQ(buffer(0, 64), data);
  // Receiving, the end of the frame overwrites its beginning; sending what was received meanwhile.
  pins.route_input(chip::signal::fspiq, {.from = InputRoute::From::pad, .pin = miso_pin, .inverted = true});
  spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso);
  transfer(70 * 8);
  Bytes wire = data;
  const Bytes inverted = inverse(data);
  wire.insert(wire.end(), inverted.begin(), inverted.begin() + 6);
  EXPECT_EQ(decode(mosi_pin, true), wire);
  EXPECT_EQ(buffer(0, 6), Bytes(data.begin(), data.begin() + 6));
  EXPECT_EQ(buffer(6, 58), Bytes(inverted.begin() + 6, inverted.end()));
}

TEST_F(Spi2Buffer, HighPartsUseTheUpperHalf) {
  const auto data = pattern(64);
  // Send from the upper half, receive into the lower one.
  put_buffer(data);
  spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso | spi::mosi_highpart);
  transfer(32 * 8);
  EXPECT_EQ(decode(mosi_pin, true), Bytes(data.begin() + 32, data.end()));
  EXPECT_EQ(buffer(0, 32), Bytes(data.begin() + 32, data.end()));
  // And the other way round, with a length that goes round in 32.
  put_buffer(data);
  spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso | spi::miso_highpart);
  transfer(40 * 8);
  EXPECT_EQ(decode(mosi_pin, true), [&] {
    Bytes wire(data.begin(), data.begin() + 32);
    wire.insert(wire.end(), data.begin(), data.begin() + 8);  // round again: what has been received there
    return wire;
  }());
  EXPECT_EQ(buffer(0, 32), Bytes(data.begin(), data.begin() + 32));
  // Sending more than the upper half goes round within it.
  put_buffer(data);
  spi_put(spi::user, spi::doutdin | spi::mosi | spi::mosi_highpart);
  transfer(40 * 8);
  Bytes upper(data.begin() + 32, data.end());
  upper.insert(upper.end(), data.begin() + 32, data.begin() + 40);
  EXPECT_EQ(decode(mosi_pin, true), upper);
}

TEST_F(Spi2Buffer, WritingOnlyLeavesTheBufferAlone) {
  const auto data = pattern(64);
  put_buffer(data);
  spi_put(spi::user, spi::doutdin | spi::mosi);
  pins.route_input(chip::signal::fspiq, {.from = InputRoute::From::pad, .pin = miso_pin, .inverted = true});
  transfer(64 * 8);
  EXPECT_EQ(buffer(0, 64), data);
}

TEST_F(Spi2Buffer, ReadingSendsNothing) {
  put_buffer(pattern(8));
  spi_put(spi::user, spi::doutdin | spi::miso);
  update();
  transfer(64);
  EXPECT_EQ(buffer(0, 8), Bytes(8, 0)) << "the loop brings back the idle level, which is low";
}

TEST_F(Spi2Buffer, TheInterruptComesAtTheEnd) {
  spi_put(spi::int_ena, spi::trans_done);
  begin(64);
  EXPECT_FALSE(lines.levels[19]);
  finish();
  EXPECT_TRUE(lines.levels[19]);
  spi_put(spi::int_clr, spi::trans_done);
  EXPECT_FALSE(lines.levels[19]);
}

TEST_F(Spi2Buffer, GdmaHasNoPartInIt) {
  connect(0);
  transfer(64 * 8);
  EXPECT_EQ(raw(0), 0u);
  EXPECT_EQ(in_level(), 0u);
}

}  // namespace
}  // namespace ferry::board
