// The timing module: what DIN_MODE, DIN_NUM and DOUT_MODE do to data lines.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t din_mode = 0x24, din_num = 0x28, dout_mode = 0x2C, hclk_active = 1 << 16;
constexpr Time engine = 25 * nanosecond;  // the crystal's period

class Spi2Delays : public Spi2Rig {
 protected:
  // MISO is high only in a window of one step that ends where `delay` before the sampling edge lies. The
  // clock is slow, so that the window is in the same bit.
  bool sees(Time delay) {
    begin(1);
    const Time sampled = started + apb_cycle + 500 * nanosecond;
    run(sampled - delay - nanosecond - timeline.now());
    pins.drive_from_outside(miso_pin, true);
    run(nanosecond);
    pins.drive_from_outside(miso_pin, false);
    finish();
    return buffer(0, 1)[0] != 0;
  }
};

TEST_F(Spi2Delays, WhatIsSampledIsOlderByTheDelay) {
  struct Case {
    std::uint32_t mode, number;
    Time delay;
  };
  for (const auto& [mode, number, delay] :
       {Case{1, 0, engine / 2}, Case{1, 1, engine + engine / 2}, Case{1, 3, 3 * engine + engine / 2},
        Case{2 | hclk_active, 0, apb_cycle + engine}, Case{2 | hclk_active, 3, 4 * apb_cycle + engine},
        Case{3 | hclk_active, 0, apb_cycle + engine / 2},
        Case{3 | hclk_active, 2, 3 * apb_cycle + engine / 2}}) {
    set_up();
    spi_put(spi::user, spi::doutdin | spi::miso);
    // Q is line 1.
    spi_put(din_mode, (mode & hclk_active) | (mode & 3) << 2);
    spi_put(din_num, number << 2);
    for (const Time other : {delay - 2 * nanosecond, delay + 2 * nanosecond})
      EXPECT_FALSE(sees(other)) << mode << number;
    EXPECT_TRUE(sees(delay)) << mode << ' ' << number;
  }
  EXPECT_THAT(events.notices, IsEmpty());
}

// A device that is slow: at 40 MHz its bits come a whole period late. A dummy cycle more, and all is well
// (manual, figure 27.8-2).
TEST_F(Spi2Delays, ADummyCycleMakesUpForADelay) {
  set_up(0x80000000, 3);
  spi_put(spi::user, spi::dummy | spi::miso);
  spi_put(spi::user1, 8);  // the device answers after eight
  spi_put(din_mode, 1 << 2);
  spi_put(din_num, 0 << 2);
  // Its bit n is there from falling edge 8 + n on, and 20 ns more.
  unsigned falls = 0;
  std::vector<std::unique_ptr<Event>> late;
  pins.listen_pad(clock_pin, [&](bool level) {
    if (level || ++falls < 8 || falls >= 16) return;
    const bool bit = (0xC5u >> (15 - falls) & 1) != 0;
    late.push_back(
        std::make_unique<Event>(timeline, [this, bit] { pins.drive_from_outside(miso_pin, bit); }));
    late.back()->after(20 * nanosecond);
  });
  transfer(8);
  EXPECT_EQ(buffer(0, 1), Bytes{0xC5});
}

TEST_F(Spi2Delays, OutputsComeHalfAPeriodLater) {
  set_up(spi::one_megahertz);
  put_buffer({0xAA});
  transfer(8);
  const auto prompt = probe.of(mosi_pin);
  const Time start = probe.times(select_pin, false).front();
  spi_put(dout_mode, 1);
  put_buffer({0xAA});
  transfer(8);
  const auto late = probe.of(mosi_pin);
  const Time late_start = probe.times(select_pin, false).front();
  ASSERT_EQ(late.size(), prompt.size());
  ASSERT_GE(late.size(), 8u);
  for (std::size_t index = 0; index + 1 < late.size(); ++index)
    EXPECT_EQ(late[index].time - late_start, prompt[index].time - start + engine / 2);
  EXPECT_EQ(decode(mosi_pin, true), Bytes{0xAA});
  // Q has a bit of its own.
  spi_put(dout_mode, 2);
  put_buffer({0xAA});
  transfer(8);
  EXPECT_EQ(probe.of(mosi_pin).front().time, probe.times(select_pin, false).front());
}

}  // namespace
}  // namespace ferry::board
