#include "board/devices/regi2c/regi2c.hpp"

#include "board/devices/rtc_cntl/rtc_cntl.hpp"
#include "board/devices/system/system.hpp"
#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t host0 = 0x00, host1 = 0x04, ana_conf0 = 0x40, ana_config = 0x44, ana_config2 = 0x48;
// A command: slave 7:0, register 15:8, data 23:16, write 24, busy 25.
constexpr std::uint32_t pll = 0x66, regulator = 0x6D, busy = 1u << 25;
constexpr std::uint32_t read_of(std::uint32_t slave, std::uint32_t address) { return slave | address << 8; }
constexpr std::uint32_t write_of(std::uint32_t slave, std::uint32_t address, std::uint32_t data) {
  return slave | address << 8 | data << 16 | 1u << 24;
}
constexpr std::uint32_t stop_force_high = 1u << 2, stop_force_low = 1u << 3, cal_done = 1u << 24;
// RTC_CNTL.OPTIONS0.
constexpr std::uint32_t options0 = 0x00, power_down_bits = 1u << 6 | 1u << 8 | 1u << 10;

struct Regi2cTest : ::testing::Test, Bench {
  Regi2c regi2c{timeline, observers, [this](bool running) { pll_states.push_back(running); }};
  std::vector<bool> pll_states;

  void transact(std::uint32_t command, std::uint32_t host = host0) {
    regi2c.write(host, command);
    for (int tries = 0; (regi2c.read(host) & busy) != 0; ++tries) {
      ASSERT_LT(tries, 1'000);
      run_for(100 * nanosecond);
    }
  }
  std::uint32_t read_slave(std::uint32_t slave, std::uint32_t address) {
    transact(read_of(slave, address));
    return regi2c.read(host0) >> 16 & 0xFF;
  }
};

TEST_F(Regi2cTest, ResetValues) {
  expect_registers(regi2c, {{host0, 0}, {host1, 0}, {ana_conf0, 0}, {ana_config, 0}, {ana_config2, 0}});
}

TEST_F(Regi2cTest, ATransactionIsBusyForAWhile) {
  regi2c.write(host0, write_of(pll, 4, 0x6B));
  EXPECT_NE(regi2c.read(host0) & busy, 0u);
  EXPECT_EQ(regi2c.read(host1) & busy, 0u);
  run_for(Regi2c::transaction_time);
  EXPECT_EQ(regi2c.read(host0) & busy, 0u);
}

TEST_F(Regi2cTest, WhatWasWrittenReadsBack) {
  transact(write_of(pll, 4, 0x6B));
  transact(write_of(pll, 2, 0x50));
  transact(write_of(regulator, 4, 0x1C));
  EXPECT_EQ(read_slave(pll, 4), 0x6Bu);
  EXPECT_EQ(read_slave(pll, 2), 0x50u);
  EXPECT_EQ(read_slave(regulator, 4), 0x1Cu);
  EXPECT_EQ(read_slave(regulator, 5), 0u);
}

TEST_F(Regi2cTest, ACommandWhileBusyIsTold) {
  regi2c.write(host0, write_of(pll, 4, 0x6B));
  regi2c.write(host0, write_of(pll, 5, 0x6B));
  EXPECT_EQ(events.notices.size(), 1u);
}

// As the boot ROM does it: it lets one slave answer before it reads, and writes to any.
TEST_F(Regi2cTest, ThePllIsWrittenButDoesNotAnswer) {
  regi2c.write(ana_config, 1u << 17);
  transact(write_of(pll, 4, 0x6B));
  EXPECT_THAT(events.notices, IsEmpty());
  EXPECT_EQ(read_slave(pll, 4), 0u);
  EXPECT_EQ(events.notices.size(), 1u);
  regi2c.write(ana_config, 0);
  EXPECT_EQ(read_slave(pll, 4), 0x6Bu);
}

TEST_F(Regi2cTest, CalibrationStartsThePll) {
  regi2c.write(ana_conf0, stop_force_low);
  EXPECT_EQ(regi2c.read(ana_conf0), stop_force_low);
  EXPECT_EQ(read_slave(pll, 8), 0u) << "neither ended nor locked";
  run_for(Regi2c::calibration_time);
  EXPECT_EQ(regi2c.read(ana_conf0), stop_force_low | cal_done);
  EXPECT_EQ(read_slave(pll, 8), 0xC0u);
  EXPECT_THAT(pll_states, ElementsAre(true));
  regi2c.write(ana_conf0, stop_force_high);
  EXPECT_EQ(regi2c.read(ana_conf0) & cal_done, cal_done) << "stopping the calibration leaves the PLL running";
}

TEST_F(Regi2cTest, StopForceHighKeepsItFromStarting) {
  regi2c.write(ana_conf0, stop_force_low | stop_force_high);
  run_for(millisecond);
  EXPECT_THAT(pll_states, IsEmpty());
}

TEST_F(Regi2cTest, WithoutPowerThereIsNoPll) {
  regi2c.set_pll_power(false);
  regi2c.write(ana_conf0, stop_force_low);
  run_for(millisecond);
  EXPECT_THAT(pll_states, IsEmpty());
  regi2c.set_pll_power(true);
  run_for(Regi2c::calibration_time);
  EXPECT_THAT(pll_states, ElementsAre(true));
  regi2c.set_pll_power(false);
  EXPECT_THAT(pll_states, ElementsAre(true, false));
  EXPECT_EQ(regi2c.read(ana_conf0) & cal_done, 0u);
}

TEST_F(Regi2cTest, TheReferencesCalibrateWhenTheirResetIsTaken) {
  constexpr std::uint32_t references = 0x61;
  EXPECT_EQ(read_slave(references, 3), 0u);
  transact(write_of(references, 0, 0x51));
  EXPECT_EQ(read_slave(references, 3), 0u) << "not yet";
  run_for(Regi2c::reference_time);
  EXPECT_EQ(read_slave(references, 3), 0x09u) << "O_DONE_FLAG and BG_O_DONE_FLAG";
  transact(write_of(references, 0, 0x11));
  EXPECT_EQ(read_slave(references, 3), 0x09u) << "its other bits do not start it again";
  transact(write_of(references, 0, 0x10));
  EXPECT_EQ(read_slave(references, 3), 0u) << "in reset";
  run_for(Regi2c::reference_time);
  EXPECT_EQ(read_slave(references, 3), 0u);
}

TEST_F(Regi2cTest, AResetLeavesThePllRunning) {
  regi2c.write(ana_conf0, stop_force_low);
  run_for(Regi2c::calibration_time);
  regi2c.reset();
  EXPECT_THAT(pll_states, ElementsAre(true));
  EXPECT_EQ(regi2c.read(ana_conf0), cal_done);
}

// The documented way from the crystal to 160 MHz, over the three devices that take part in it.
struct ClockBringUp : ::testing::Test, Bench {
  System system{clocks, lines, observers};
  RtcCntl rtc_cntl{timeline, lines, observers, [](ResetCause, ResetScope) {}};
  Regi2c regi2c{timeline, observers, [this](bool running) { system.set_pll_running(running); }};

  ClockBringUp() {
    rtc_cntl.on_pll_power([this](bool powered) { regi2c.set_pll_power(powered); });
  }
};

TEST_F(ClockBringUp, From20To160MHz) {
  rtc_cntl.write(options0, rtc_cntl.read(options0) | power_down_bits);
  rtc_cntl.write(options0, rtc_cntl.read(options0) & ~power_down_bits);
  system.write(0x08, system.read(0x08) | 1u << 2);  // CPU_PER_CONF.PLL_FREQ_SEL: 480 MHz
  regi2c.write(ana_conf0, stop_force_low);
  const std::uint32_t settings[] = {write_of(pll, 4, 0x6B), write_of(pll, 2, 0x50), write_of(pll, 3, 8),
                                    write_of(pll, 5, 0),    write_of(pll, 6, 0x93), write_of(pll, 9, 2)};
  for (const std::uint32_t command : settings) {
    regi2c.write(host0, command);
    while ((regi2c.read(host0) & busy) != 0) run_for(microsecond);
  }
  while ((regi2c.read(ana_conf0) & cal_done) == 0) run_for(microsecond);
  system.write(0x08, (system.read(0x08) & ~3u) | 1);  // CPUPERIOD_SEL: 160 MHz
  system.write(0x58, 1u << 10);                       // SOC_CLK_SEL: PLL
  EXPECT_EQ(clocks.cpu(), 6'250u);
  EXPECT_EQ(clocks.apb(), 12'500u);
  EXPECT_LT(timeline.now(), 100 * microsecond);
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(ClockBringUp, PowerTakenFromARunningPllIsTold) {
  regi2c.write(ana_conf0, stop_force_low);
  run_for(Regi2c::calibration_time);
  system.write(0x58, 1u << 10);
  EXPECT_EQ(clocks.cpu(), 12'500u);
  rtc_cntl.write(options0, rtc_cntl.read(options0) | 1u << 10);
  EXPECT_FALSE(clocks.pll_running());
  EXPECT_EQ(events.notices.size(), 1u);
}

TEST_F(ClockBringUp, AResetGoesBackToTheCrystal) {
  regi2c.write(ana_conf0, stop_force_low);
  run_for(Regi2c::calibration_time);
  system.write(0x58, 1u << 10);
  regi2c.reset();
  system.reset();
  EXPECT_EQ(clocks.cpu(), 50'000u);
  EXPECT_THAT(events.notices, IsEmpty());
}

}  // namespace
}  // namespace ferry::board
