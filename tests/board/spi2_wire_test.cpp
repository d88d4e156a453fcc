// What a probe on SPI2's pins sees: clock, modes, chip select, bit orders, phases.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

class Spi2Wire : public Spi2Rig {
 protected:
  static constexpr Time us = microsecond;
};

struct ClockCase {
  std::uint32_t register_value;
  bool pll;
  Time period;
};

// The CLOCK values that esp-hal computes for these rates.
TEST_F(Spi2Wire, GoldenClockValues) {
  for (const auto& [value, pll, period] :
       {ClockCase{0x1F1631, false, 10 * us}, ClockCase{0x271631, false, 12'500 * nanosecond},
        ClockCase{0x031631, false, 1'250 * nanosecond}, ClockCase{0x0274E7, false, us},
        ClockCase{0x013253, false, 500 * nanosecond}, ClockCase{0x003043, false, 100 * nanosecond},
        ClockCase{0x001001, false, 50 * nanosecond}, ClockCase{0x80000000, false, 25 * nanosecond},
        ClockCase{0x3F1631, true, 10 * us}, ClockCase{0x0674E7, true, us},
        ClockCase{0x0070C7, true, 100 * nanosecond}, ClockCase{0x001001, true, 25 * nanosecond},
        ClockCase{0x80000000, true, 12'500}}) {
    set_up(value, pll ? 7 : 3);
    transfer(64);
    const auto rising = probe.times(clock_pin, true), falling = probe.times(clock_pin, false);
    ASSERT_EQ(rising.size(), 64u);
    ASSERT_EQ(falling.size(), 64u);
    for (std::size_t bit = 0; bit < 64; ++bit) {
      if (bit > 0) {
        EXPECT_EQ(rising[bit] - rising[bit - 1], period) << std::hex << value;
      }
      EXPECT_EQ(falling[bit] - rising[bit], period / 2) << std::hex << value;
    }
  }
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(Spi2Wire, UnequalHalves) {
  // N = 4, L = 4, H = 1: five steps of the source clock, two of them high. 8 MHz.
  for (const bool idle_high : {false, true}) {
    set_up(4u << 12 | 1u << 6 | 4u);
    spi_put(spi::misc, 0x3E | (idle_high ? spi::ck_idle_edge : 0));
    transfer(8);
    const auto rising = probe.times(clock_pin, true), falling = probe.times(clock_pin, false);
    const std::size_t first = idle_high ? 1 : 0;
    for (std::size_t bit = 0; bit + 1 < 8; ++bit) {
      EXPECT_EQ(rising[bit + 1] - rising[bit], 125 * nanosecond);
      EXPECT_EQ(falling[bit + first] - rising[bit], 50 * nanosecond);
    }
  }
}

TEST_F(Spi2Wire, AClockThatCannotToggleIsReported) {
  set_up(9u << 12 | 20u << 6 | 9u);
  transfer(8);
  EXPECT_THAT(events.notices, ElementsAre(testing::HasSubstr("CLKCNT_H do not describe a clock")));
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(8));
}

struct ModeCase {
  std::uint32_t misc, user;
  bool idle;       // level of the clock between transfers
  bool shifts_on;  // the edge on which MOSI changes leads to this level
};

// Mode 0 to 3 as the manual's table has them.
constexpr std::array modes{ModeCase{0, 0, false, false}, ModeCase{0, spi::ck_out_edge, false, true},
                           ModeCase{spi::ck_idle_edge, spi::ck_out_edge, true, true},
                           ModeCase{spi::ck_idle_edge, 0, true, false}};

TEST_F(Spi2Wire, ModesShiftAndSampleOnTheirEdges) {
  for (const auto& mode : modes) {
    set_up();
    spi_put(spi::misc, 0x3E | mode.misc);
    spi_put(spi::user, spi::doutdin | spi::mosi | spi::miso | mode.user);
    put_buffer({0xA6, 0x59});
    // The other side shifts on the same edge as we do, which is the one we do not sample on.
    const Bytes reply{0x3C, 0xC5};
    std::vector<bool> bits;
    for (const std::uint8_t byte : reply)
      for (int bit = 7; bit >= 0; --bit) bits.push_back((byte >> bit & 1) != 0);
    const bool first_edge_shifts = mode.shifts_on != mode.idle;
    if (first_edge_shifts) bits.insert(bits.begin(), !bits.front());
    begin(16);
    answer(bits, mode.shifts_on);
    EXPECT_EQ(pins.level(clock_pin), mode.idle);
    finish();
    EXPECT_EQ(pins.level(clock_pin), mode.idle);
    EXPECT_EQ(decode(mosi_pin, !mode.shifts_on), (Bytes{0xA6, 0x59}));
    EXPECT_EQ(buffer(0, 2), reply);
    // MOSI changes together with that edge only (and with chip select, before the first and after the last).
    const auto shift_edges = probe.times(clock_pin, mode.shifts_on);
    const Time selected = probe.times(select_pin, false).front(),
               released = probe.times(select_pin, true).back();
    for (const auto& edge : probe.of(mosi_pin))
      EXPECT_TRUE(edge.time == selected || edge.time == released ||
                  std::ranges::find(shift_edges, edge.time) != shift_edges.end());
    EXPECT_THAT(events.notices, IsEmpty());
  }
}

TEST_F(Spi2Wire, SamplesAreTakenAtTheEdgeAndNotLater) {
  for (const auto& mode : modes) {
    set_up();
    spi_put(spi::misc, 0x3E | mode.misc);
    spi_put(spi::user, spi::doutdin | spi::miso | mode.user);
    begin(8);
    const bool sample_level = !mode.shifts_on;
    // High only in a narrow window around each sampling edge.
    for (int bit = 0; bit < 8; ++bit) {
      pins.drive_from_outside(miso_pin, false);
      std::size_t seen = probe.times(clock_pin, sample_level).size();
      const Time step = nanosecond;
      // Up one step before the edge, down right after it.
      while (timeline.next() > timeline.now() + step) run(step);
      while (probe.times(clock_pin, sample_level).size() == seen) {
        pins.drive_from_outside(miso_pin, true);
        run(step);
        if (probe.times(clock_pin, sample_level).size() == seen) {
          pins.drive_from_outside(miso_pin, false);
          while (timeline.next() > timeline.now() + step) run(step);
        }
      }
    }
    finish();
    EXPECT_EQ(buffer(0, 1), Bytes{0xFF});
  }
}

// The manual measures from chip select to the first edge that samples, and from the last one to chip select.
TEST_F(Spi2Wire, ChipSelectTimes) {
  struct Case {
    std::uint32_t user, user1;
    Time setup, hold;  // in half periods
  };
  for (const auto& [user, user1, setup, hold] :
       {Case{0, 0, 1, 1}, Case{spi::cs_setup, 0, 3, 1}, Case{spi::cs_hold, 0, 1, 3},
        Case{spi::cs_setup, 3u << 17, 9, 1}, Case{spi::cs_setup | spi::cs_hold, 1u << 17 | 2u << 22, 5, 7},
        Case{0, 31u << 17 | 31u << 22, 1, 1}})
    for (const auto& mode : modes) {
      set_up();
      spi_put(spi::user, spi::doutdin | spi::mosi | user | mode.user);
      spi_put(spi::user1, user1);
      spi_put(spi::misc, 0x3E | mode.misc);
      transfer(16);
      const Time selected = probe.times(select_pin, false).front(),
                 released = probe.times(select_pin, true).front();
      const auto samples = probe.times(clock_pin, !mode.shifts_on);
      EXPECT_EQ(samples.front() - selected, setup * us / 2);
      EXPECT_EQ(released - samples.back(), hold * us / 2);
      EXPECT_LE(selected - started, 100 * nanosecond);
    }
}

TEST_F(Spi2Wire, UsrFallsAndTransDoneRisesWithChipSelect) {
  set_up();
  begin(8);
  while (busy()) {
    EXPECT_EQ(interrupts(), 0u);
    EXPECT_TRUE(probe.times(select_pin, true).empty());
    run(cpu_cycle);
  }
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_LE(timeline.now() - probe.times(select_pin, true).front(), cpu_cycle);
  EXPECT_TRUE(pins.level(select_pin));
}

TEST_F(Spi2Wire, ChipSelectPolarityAndLines) {
  set_up();
  spi_put(spi::misc, 0x3E & ~2u);  // CS0 and CS1
  transfer(8);
  EXPECT_THAT(probe.times(select_pin, false), SizeIs(1));
  EXPECT_EQ(probe.times(select_pin, false), probe.times(select1_pin, false));
  spi_put(spi::misc, 0x3F & ~2u);  // only CS1
  transfer(8);
  EXPECT_THAT(probe.of(select_pin), IsEmpty());
  EXPECT_THAT(probe.times(select1_pin, false), SizeIs(1));
  spi_put(spi::misc, 0x3E | 1u << 7);  // CS0 active high
  update();
  EXPECT_FALSE(pins.level(select_pin)) << "the idle level follows with UPDATE";
  transfer(8);
  EXPECT_THAT(probe.times(select_pin, true), SizeIs(1));
  EXPECT_FALSE(pins.level(select_pin));
}

TEST_F(Spi2Wire, KeepActiveHoldsChipSelectBetweenTransfers) {
  set_up();
  spi_put(spi::misc, 0x3E | spi::cs_keep_active);
  transfer(8);
  EXPECT_FALSE(pins.level(select_pin));
  EXPECT_EQ(interrupts(), spi::trans_done);
  spi_put(spi::misc, 0x3E);
  update();
  EXPECT_FALSE(pins.level(select_pin)) << "the next transfer ends it";
  transfer(8);
  EXPECT_THAT(probe.of(select_pin), SizeIs(1));
  EXPECT_TRUE(pins.level(select_pin));
}

TEST_F(Spi2Wire, AClockThatIsNotShown) {
  set_up();
  loop_back();
  spi_put(spi::misc, 0x3E | 1u << 6);
  put_buffer({0x5A});
  transfer(8);
  EXPECT_THAT(probe.of(clock_pin), IsEmpty());
  EXPECT_EQ(buffer(0, 1), Bytes{0x5A});
}

TEST_F(Spi2Wire, IdleLevelOfTheDataLine) {
  set_up();
  spi_put(spi::ctrl, spi::d_pol);
  put_buffer({0});
  transfer(8);
  EXPECT_TRUE(pins.level(mosi_pin));
  EXPECT_EQ(probe.of(mosi_pin).back().time, probe.times(select_pin, true).front());
  spi_put(spi::ctrl, 0);
  update();
  EXPECT_FALSE(pins.level(mosi_pin));
  // Nothing to send: the line stays on that level.
  spi_put(spi::user, spi::doutdin | spi::miso);
  transfer(8);
  EXPECT_THAT(probe.of(mosi_pin), IsEmpty());
}

TEST_F(Spi2Wire, BitOrderByDirection) {
  loop_back();
  for (const bool write_lsb : {false, true})
    for (const bool read_lsb : {false, true}) {
      set_up();
      spi_put(spi::ctrl, (write_lsb ? spi::wr_lsb_first : 0) | (read_lsb ? spi::rd_lsb_first : 0));
      put_buffer({0x2F, 0x01});
      transfer(16);
      EXPECT_EQ(decode(mosi_pin, true), (write_lsb ? Bytes{0xF4, 0x80} : Bytes{0x2F, 0x01}));
      EXPECT_EQ(buffer(0, 2), (write_lsb == read_lsb ? Bytes{0x2F, 0x01} : Bytes{0xF4, 0x80}));
    }
}

TEST_F(Spi2Wire, CommandAddressDummyAndDataFollowEachOther) {
  set_up();
  spi_put(spi::user, spi::command | spi::address | spi::dummy | spi::mosi);
  spi_put(spi::user2, 0xB39F | 15u << 28);
  spi_put(spi::addr, 0x12345678);
  spi_put(spi::user1, 23u << 27 | 7u);
  spi_put(spi::ctrl, spi::d_pol);
  put_buffer({0xC1});
  transfer(8);
  // Command: the value's low byte first. Address: from the top of the register. Dummy: D on its idle level.
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0x9F, 0xB3, 0x12, 0x34, 0x56, 0xFF, 0xC1}));
  EXPECT_THAT(events.phases, ElementsAre("prep", "cmd", "addr", "dummy", "data", "done", "idle"));
  const auto rising = probe.times(clock_pin, true);
  for (std::size_t bit = 1; bit < rising.size(); ++bit) EXPECT_EQ(rising[bit] - rising[bit - 1], us);
}

TEST_F(Spi2Wire, ShortCommandsAndAddresses) {
  for (const bool lsb : {false, true}) {
    set_up();
    spi_put(spi::user, spi::command | spi::address);
    spi_put(spi::ctrl, lsb ? spi::wr_lsb_first : 0);
    spi_put(spi::user2, (lsb ? 0x00Au : 0x0A0u) | 3u << 28);  // four bits: 1010
    spi_put(spi::addr, lsb ? 0x3500'0000u : 0xAC00'0000u);    // ... and the last four of them here
    spi_put(spi::user1, 3u << 27);
    transfer(8);
    EXPECT_EQ(decode(mosi_pin, true), (lsb ? Bytes{0x5A} : Bytes{0xAA})) << lsb;
  }
}

TEST_F(Spi2Wire, DummyWithoutAClock) {
  set_up();
  spi_put(spi::user, spi::command | spi::dummy | spi::dummy_idle | spi::mosi);
  spi_put(spi::user2, 0x55 | 7u << 28);
  spi_put(spi::user1, 9);  // ten cycles
  transfer(8);
  const auto rising = probe.times(clock_pin, true);
  ASSERT_EQ(rising.size(), 16u);
  EXPECT_EQ(rising[8] - rising[7], 11 * us);
  // Also when it comes first.
  spi_put(spi::user, spi::dummy | spi::dummy_idle | spi::mosi);
  transfer(8);
  EXPECT_EQ(probe.times(clock_pin, true).front() - probe.times(select_pin, false).front(), 10 * us + us / 2);
}

TEST_F(Spi2Wire, HalfDuplexWritesThenReads) {
  set_up();
  spi_put(spi::user, spi::mosi | spi::miso);
  put_buffer({0xA5});
  answer({false, false, false, false, false, false, false, false, true, false, false, true, false, true, true,
          false},
         false);
  transfer(8);
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(16)) << "MS_DLEN counts for each of the two phases";
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0xA5, 0x00}));
  EXPECT_EQ(buffer(0, 1), Bytes{0x96});
  EXPECT_THAT(events.phases, ElementsAre("prep", "data", "data", "done", "idle"));
}

TEST_F(Spi2Wire, ThreeWiresShareD) {
  set_up();
  spi_put(spi::user, spi::mosi | spi::miso | spi::sio);
  spi_put(spi::misc, 0x3E);
  pins.route_input(chip::signal::fspid, {.from = InputRoute::From::pad, .pin = mosi_pin});
  put_buffer({0xA5});
  // The other side takes the line over after eight bits.
  begin(8);
  while (probe.times(clock_pin, false).size() < 8) run(10 * nanosecond);
  for (const bool bit : {true, true, false, false, true, false, true, false}) {
    pins.drive_from_outside(mosi_pin, bit);
    run(us);
  }
  pins.drive_from_outside(mosi_pin, std::nullopt);
  finish();
  EXPECT_EQ(buffer(0, 1), Bytes{0xCA});
  EXPECT_THAT(events.notices, IsEmpty()) << "nobody fought over the line";
}

TEST_F(Spi2Wire, LengthsOfSingleBits) {
  loop_back();
  for (const std::uint32_t bits : {1u, 2u, 7u, 9u, 12u}) {
    set_up();
    put_buffer({0xDB, 0x6F});
    transfer(bits);
    EXPECT_THAT(probe.times(clock_pin, true), SizeIs(bits));
    const auto got = buffer(0, 2);
    for (std::uint32_t bit = 0; bit < bits; ++bit)
      EXPECT_EQ(got[bit / 8] >> (7 - bit % 8) & 1, Bytes({0xDB, 0x6F})[bit / 8] >> (7 - bit % 8) & 1) << bits;
  }
}

TEST_F(Spi2Wire, ATransferCanBeCutShort) {
  set_up();
  loop_back();
  begin(64 * 8);
  run(20 * us + us / 4);
  spi_put(spi::ms_dlen, 7);
  update();
  finish();
  // The byte in progress is finished.
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(24));
  EXPECT_EQ(interrupts(), spi::trans_done);
  // MS_DLEN = 0 cuts inside a byte.
  begin(64 * 8);
  run(20 * us + us / 4);
  spi_put(spi::ms_dlen, 0);
  update();
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(25));
}

TEST_F(Spi2Wire, UsrWhileBusyChangesNothing) {
  set_up();
  begin(16);
  run(5 * us);
  spi_put(spi::cmd, spi::usr);
  spi_put(spi::cmd, 0);
  EXPECT_TRUE(busy()) << "only the hardware takes USR back";
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(16));
  run(100 * us);
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(16));
}

}  // namespace
}  // namespace ferry::board
