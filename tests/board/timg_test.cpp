#include "board/devices/timg/timg.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Offsets and bits from the manual, chapters 11 and 12.
constexpr std::uint32_t t0config = 0x00, t0lo = 0x04, t0hi = 0x08, t0update = 0x0C, t0alarmlo = 0x10,
                        t0alarmhi = 0x14, t0loadlo = 0x18, t0loadhi = 0x1C, t0load = 0x20;
constexpr std::uint32_t wdtconfig0 = 0x48, wdtconfig1 = 0x4C, wdtconfig2 = 0x50, wdtconfig3 = 0x54,
                        wdtfeed = 0x60, wdtwprotect = 0x64;
constexpr std::uint32_t rtccalicfg = 0x68, rtccalicfg1 = 0x6C, rtccalicfg2 = 0x80;
constexpr std::uint32_t int_ena = 0x70, int_raw = 0x74, int_st = 0x78, int_clr = 0x7C;
constexpr std::uint32_t key = 0x50D83AA1;
// T0CONFIG.
constexpr std::uint32_t use_xtal = 1u << 9, alarm_en = 1u << 10, autoreload = 1u << 29, increase = 1u << 30,
                        en = 1u << 31;
constexpr std::uint32_t divider(std::uint32_t value) { return value << 13; }
// WDTCONFIG0.
constexpr std::uint32_t procpu_reset_en = 1u << 13, flashboot = 1u << 14, wdt_use_xtal = 1u << 21,
                        conf_update = 1u << 22, wdt_en = 1u << 31;
constexpr std::uint32_t stage(unsigned index, std::uint32_t action) { return action << (29 - 2 * index); }
constexpr std::uint32_t off = 0, interrupt = 1, cpu_reset = 2, core_reset = 3;
constexpr Time apb_at_reset = 50'000;  // 20 MHz
constexpr unsigned t0_source = 32, wdt_source = 33;

struct TimgTest : ::testing::Test, Bench {
  Timg timg{0,         timeline,
            clocks,    lines,
            observers, [this](ResetCause cause, ResetScope scope) { bites.emplace_back(cause, scope); }};
  std::vector<std::pair<ResetCause, ResetScope>> bites;

  std::uint64_t read_timer() {
    timg.write(t0update, 1u << 31);
    EXPECT_EQ(timg.read(t0update), 0u);
    return std::uint64_t{timg.read(t0hi)} << 32 | timg.read(t0lo);
  }
  void stop_boot_watchdog() {
    timg.write(wdtwprotect, key);
    timg.write(wdtconfig0, conf_update);
  }
};

TEST_F(TimgTest, ResetValues) {
  expect_registers(timg, {{t0config, 0x60002000},
                          {t0lo, 0},
                          {t0hi, 0},
                          {t0update, 0},
                          {t0alarmlo, 0},
                          {t0alarmhi, 0},
                          {t0loadlo, 0},
                          {t0loadhi, 0},
                          {t0load, 0},
                          {wdtconfig0, 0x4C000},
                          {wdtconfig1, 0x10000},
                          {wdtconfig2, 0x18CBA80},
                          {wdtconfig3, 0x7FFFFFF},
                          {0x58, 0xFFFFF},
                          {0x5C, 0xFFFFF},
                          {wdtfeed, 0},
                          {wdtwprotect, key},
                          {rtccalicfg, 0x13000},
                          {rtccalicfg1, 0},
                          {int_ena, 0},
                          {int_raw, 0},
                          {int_st, 0},
                          {int_clr, 0},
                          {rtccalicfg2, 0xFFFFFF98},
                          {0xF8, 0x2006191},
                          {0xFC, 0x60000000}});
}

// ---- T0

TEST_F(TimgTest, CountsApbDivided) {
  timg.write(t0config, en | increase | divider(4));
  run_until(1'000 * 4 * apb_at_reset);
  EXPECT_EQ(read_timer(), 1'000u);
}

TEST_F(TimgTest, CountsTheCrystal) {
  timg.write(t0config, en | increase | use_xtal | divider(40));
  run_until(5 * millisecond);
  EXPECT_EQ(read_timer(), 5'000u);
}

TEST_F(TimgTest, DividersZeroAndOneAreSpecial) {
  timg.write(t0config, en | increase | use_xtal | divider(1));
  run_until(100 * 25'000);
  EXPECT_EQ(read_timer(), 50u) << "1 divides by 2";
  timg.write(t0config, increase | use_xtal | divider(0));
  timg.write(t0loadlo, 0);
  timg.write(t0load, 1);
  timg.write(t0config, en | increase | use_xtal | divider(0));
  run_for(10 * 65'536 * Time{25'000});
  EXPECT_EQ(read_timer(), 10u) << "0 divides by 65536";
}

TEST_F(TimgTest, CountsDown) {
  timg.write(t0loadlo, 1'000);
  timg.write(t0load, 1);
  timg.write(t0config, en | use_xtal | divider(40));
  run_until(300 * microsecond);
  EXPECT_EQ(read_timer(), 700u);
}

TEST_F(TimgTest, LoadTakes54Bits) {
  timg.write(t0loadlo, 0x12345678);
  timg.write(t0loadhi, 0xFFFF'FFFF);
  timg.write(t0load, 0);
  EXPECT_EQ(read_timer(), 0x3FFFFF'12345678u);
}

TEST_F(TimgTest, AStoppedTimerStands) {
  timg.write(t0config, en | increase | use_xtal | divider(40));
  run_until(millisecond);
  timg.write(t0config, increase | use_xtal | divider(40));
  run_for(second);
  EXPECT_EQ(read_timer(), 1'000u);
  timg.write(t0config, en | increase | use_xtal | divider(40));
  run_for(millisecond);
  EXPECT_EQ(read_timer(), 2'000u);
}

TEST_F(TimgTest, AnAlarmComesAtItsTickAndDisarmsItself) {
  timg.write(int_ena, 1);
  timg.write(t0alarmlo, 2'500);
  timg.write(t0config, en | increase | use_xtal | alarm_en | divider(40));
  run_until(2'500 * microsecond - 1);
  EXPECT_FALSE(lines[t0_source]);
  run_until(2'500 * microsecond);
  EXPECT_TRUE(lines[t0_source]);
  EXPECT_EQ(timg.read(int_raw), 1u);
  EXPECT_EQ(timg.read(t0config) & alarm_en, 0u);
  EXPECT_EQ(read_timer(), 2'500u) << "without reload the timer goes on";
  timg.write(int_clr, 1);
  EXPECT_FALSE(lines[t0_source]);
}

TEST_F(TimgTest, AutoreloadStartsOver) {
  timg.write(t0alarmlo, 1'000);
  timg.write(t0config, en | increase | use_xtal | alarm_en | autoreload | divider(40));
  run_until(millisecond);
  EXPECT_EQ(timg.read(int_raw), 1u);
  EXPECT_EQ(read_timer(), 0u);
  timg.write(int_clr, 1);
  timg.write(t0config, timg.read(t0config) | alarm_en);
  run_until(2 * millisecond - 1);
  EXPECT_EQ(timg.read(int_raw), 0u);
  run_until(2 * millisecond);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

TEST_F(TimgTest, AnAlarmThatIsPassedComesAtOnce) {
  timg.write(t0config, en | increase | use_xtal | divider(40));
  run_until(millisecond);
  timg.write(t0alarmlo, 10);
  timg.write(t0config, timg.read(t0config) | alarm_en);
  run_for(1);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

TEST_F(TimgTest, AStoppedTimerRaisesNoAlarm) {
  timg.write(t0config, increase | use_xtal | alarm_en | divider(40));
  run_until(millisecond);
  EXPECT_EQ(timg.read(int_raw), 0u) << "counter and alarm are both 0";
  EXPECT_NE(timg.read(t0config) & alarm_en, 0u);
  timg.write(t0loadlo, 20);
  timg.write(t0load, 1);
  timg.write(t0alarmlo, 10);
  run_for(millisecond);
  EXPECT_EQ(timg.read(int_raw), 0u) << "nor when it stands behind the alarm";
  timg.write(t0config, en | increase | use_xtal | alarm_en | divider(40));
  run_for(1);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

// The order of esp-hal 1.0 (OneShotTimer over a timer group): with the reload of the reset value, clearing
// the interrupt arms the alarm of the stopped counter.
TEST_F(TimgTest, ASingleShotAsEspHalDoesIt) {
  timg.write(int_clr, 1);
  timg.write(t0config, increase | autoreload | use_xtal | alarm_en | divider(40));
  timg.write(t0load, 1);
  timg.write(t0config, timg.read(t0config) & ~autoreload);
  timg.write(t0alarmlo, 3'000);
  timg.write(t0config, timg.read(t0config) & ~alarm_en);
  timg.write(t0load, 1);
  timg.write(t0config, timg.read(t0config) | en);
  timg.write(t0config, timg.read(t0config) | alarm_en);
  const Time start = timeline.now();
  run_until(start + 3 * millisecond - 1);
  EXPECT_EQ(timg.read(int_raw), 0u);
  run_until(start + 3 * millisecond);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

TEST_F(TimgTest, CountingDownToAnAlarm) {
  timg.write(t0loadlo, 1'000);
  timg.write(t0load, 1);
  timg.write(t0alarmlo, 400);
  timg.write(t0config, en | use_xtal | alarm_en | divider(40));
  run_until(600 * microsecond - 1);
  EXPECT_EQ(timg.read(int_raw), 0u);
  run_until(600 * microsecond);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

TEST_F(TimgTest, AChangeOfApbChangesThePace) {
  timg.write(t0config, en | increase | divider(2));
  run_until(100 * microsecond);  // 1000 ticks of 100 ns
  clocks.set_cpu_and_apb(6'250, 12'500);
  run_for(100 * microsecond);  // 4000 ticks of 25 ns
  EXPECT_EQ(read_timer(), 5'000u);
}

TEST_F(TimgTest, AChangeOfApbMovesTheAlarm) {
  timg.write(t0alarmlo, 2'000);
  timg.write(t0config, en | increase | alarm_en | divider(2));
  run_until(100 * microsecond);
  clocks.set_cpu_and_apb(6'250, 12'500);
  run_until(125 * microsecond - 1);
  EXPECT_EQ(timg.read(int_raw), 0u);
  run_until(125 * microsecond);
  EXPECT_EQ(timg.read(int_raw), 1u);
}

TEST_F(TimgTest, WithoutAnAlarmNothingIsScheduled) {
  stop_boot_watchdog();
  timg.write(t0config, en | increase | use_xtal | divider(40));
  EXPECT_EQ(timeline.next(), never);
}

// ---- Watchdog

TEST_F(TimgTest, TheBootWatchdogBites) {
  // Stage 0 of the reset values: 26,000,000 APB cycles of 50 ns. A hanging boot resets the core.
  const Time due = 26'000'000 * apb_at_reset;
  run_until(due - 1);
  EXPECT_THAT(bites, IsEmpty());
  run_until(due);
  EXPECT_THAT(bites, ElementsAre(Pair(ResetCause::mwdt0_core, ResetScope::core)));
}

TEST_F(TimgTest, ClearingFlashbootNeedsConfUpdate) {
  timg.write(wdtwprotect, key);
  timg.write(wdtconfig0, timg.read(wdtconfig0) & ~(flashboot | wdt_en));
  EXPECT_NE(timg.watchdog_due(), never) << "without CONF_UPDATE_EN the watchdog goes on";
  timg.write(wdtconfig0, timg.read(wdtconfig0) | conf_update);
  EXPECT_EQ(timg.watchdog_due(), never);
  run_for(10 * second);
  EXPECT_THAT(bites, IsEmpty());
  EXPECT_EQ(timg.read(wdtconfig0) & conf_update, 0u) << "WT reads 0";
}

TEST_F(TimgTest, OnlyGroup0BootsWithItsWatchdog) {
  Timg second_group{1, timeline, clocks, lines, observers, [](ResetCause, ResetScope) { FAIL(); }};
  EXPECT_EQ(second_group.watchdog_due(), never);
  EXPECT_EQ(second_group.read(wdtconfig0), 0x4C000u);
}

TEST_F(TimgTest, WithoutFlashBootTheBitDoesNothing) {
  timg.set_flash_boot(false);
  timg.reset();
  EXPECT_EQ(timg.watchdog_due(), never);
}

TEST_F(TimgTest, WritesNeedTheKey) {
  timg.write(wdtwprotect, 0);
  timg.write(wdtconfig0, conf_update);
  timg.write(wdtconfig2, 1);
  timg.write(wdtfeed, 1);
  EXPECT_EQ(timg.read(wdtconfig0), 0x4C000u);
  EXPECT_EQ(timg.read(wdtconfig2), 0x18CBA80u);
  EXPECT_NE(timg.watchdog_due(), never);
  EXPECT_EQ(events.notices.size(), 1u);
  timg.write(wdtwprotect, key);
  timg.write(wdtconfig2, 1);
  EXPECT_EQ(timg.read(wdtconfig2), 1u);
}

TEST_F(TimgTest, FeedingReturnsToTheStartOfStage0) {
  const Time due = 26'000'000 * apb_at_reset;
  run_until(due - 1'000);
  timg.write(wdtfeed, 1);
  run_until(due);
  EXPECT_THAT(bites, IsEmpty());
  EXPECT_EQ(timg.watchdog_due(), due - 1'000 + due);
}

TEST_F(TimgTest, ResettingTheDividerBeginsAFullTick) {
  stop_boot_watchdog();
  timg.write(wdtconfig1, 40'000u << 16);  // 1 ms from the crystal
  timg.write(wdtconfig2, 10);
  timg.write(wdtconfig0, wdt_en | wdt_use_xtal | conf_update | stage(0, interrupt));
  run_until(9 * millisecond + 500 * microsecond);
  timg.write(wdtconfig1, 40'000u << 16 | 1);
  EXPECT_EQ(timg.watchdog_due(), 10 * millisecond + 500 * microsecond);
  EXPECT_EQ(timg.read(wdtconfig1), 40'000u << 16);
}

TEST_F(TimgTest, StagesFollowOneAnother) {
  stop_boot_watchdog();
  timg.write(int_ena, 2);
  timg.write(wdtconfig1, 40'000u << 16);  // 1 ms from the crystal
  timg.write(wdtconfig2, 10);
  timg.write(wdtconfig3, 5);
  timg.write(wdtconfig0, wdt_en | wdt_use_xtal | procpu_reset_en | conf_update | stage(0, interrupt) |
                             stage(1, cpu_reset) | stage(2, off) | stage(3, core_reset));
  run_until(10 * millisecond - 1);
  EXPECT_FALSE(lines[wdt_source]);
  run_until(10 * millisecond);
  EXPECT_TRUE(lines[wdt_source]);
  EXPECT_EQ(timg.read(int_raw), 2u);
  run_until(15 * millisecond - 1);
  EXPECT_THAT(bites, IsEmpty());
  run_until(15 * millisecond);
  EXPECT_THAT(bites, ElementsAre(Pair(ResetCause::mwdt0_cpu, ResetScope::cpu)));
  // Stages 2 and 3 have their reset values of 0xFFFFF.
  run_until((15 + 2 * Time{0xFFFFF}) * millisecond);
  EXPECT_EQ(bites.size(), 2u);
  EXPECT_EQ(bites.back().first, ResetCause::mwdt0_core);
}

TEST_F(TimgTest, ACpuResetNeedsItsEnable) {
  stop_boot_watchdog();
  timg.write(wdtconfig2, 1'000);
  timg.write(wdtconfig0, wdt_en | conf_update | stage(0, cpu_reset));
  run_for(second);
  EXPECT_THAT(bites, IsEmpty());
}

TEST_F(TimgTest, EnableActsWithoutUpdateButHoldValuesDoNot) {
  stop_boot_watchdog();
  timg.write(wdtconfig0, conf_update | stage(0, core_reset));
  timg.write(wdtconfig2, 1'000);
  timg.write(wdtconfig0, wdt_en | stage(0, core_reset));
  EXPECT_EQ(timg.watchdog_due(), 26'000'000 * apb_at_reset) << "the hold value of before";
  timg.write(wdtconfig0, wdt_en | conf_update | stage(0, core_reset));
  EXPECT_EQ(timg.watchdog_due(), 1'000 * apb_at_reset);
}

TEST_F(TimgTest, ADisabledWatchdogWithoutActionsCostsNoEvents) {
  stop_boot_watchdog();
  timg.write(wdtconfig0, wdt_en | conf_update);
  run_for(100 * second);
  EXPECT_EQ(timeline.events_run(), 0u);
}

TEST_F(TimgTest, AFasterApbBringsTheBiteForward) {
  run_until(650 * millisecond);  // half of the 26,000,000 cycles
  clocks.set_cpu_and_apb(6'250, 12'500);
  EXPECT_EQ(timg.watchdog_due(), 650 * millisecond + 13'000'000 * Time{12'500});
}

// ---- Calibration of the slow clocks

TEST_F(TimgTest, CalibrationCountsCrystalCyclesOfRcSlow) {
  constexpr std::uint32_t cycles = 1'024;
  timg.write(rtccalicfg, cycles << 16 | 0u << 13);
  timg.write(rtccalicfg, 1u << 31 | cycles << 16);
  EXPECT_EQ(timg.read(rtccalicfg) >> 15 & 1, 0u);
  run_for(8 * millisecond);  // 1024 cycles of 136 kHz are 7.53 ms
  EXPECT_EQ(timg.read(rtccalicfg) >> 15 & 1, 1u);
  const double frequency = 40e6 * cycles / (timg.read(rtccalicfg1) >> 7);
  EXPECT_NEAR(frequency, 136e3, 10.0);
}

TEST_F(TimgTest, CalibrationOfRcFastDividedBy256) {
  timg.write(rtccalicfg, 100u << 16 | 1u << 13);
  timg.write(rtccalicfg, 1u << 31 | 100u << 16 | 1u << 13);
  run_for(2 * millisecond);
  const double frequency = 40e6 * 100 / (timg.read(rtccalicfg1) >> 7);
  EXPECT_NEAR(frequency * 256, 17.5e6, 10e3);
}

TEST_F(TimgTest, TheMissingCrystalTimesOut) {
  timg.write(rtccalicfg2, 1'000u << 7);
  timg.write(rtccalicfg, 1u << 31 | 100u << 16 | 2u << 13);
  run_for(20 * microsecond);
  EXPECT_EQ(timg.read(rtccalicfg2) & 1, 0u);
  run_for(10 * microsecond);
  EXPECT_EQ(timg.read(rtccalicfg2) & 1, 1u);
  EXPECT_EQ(timg.read(rtccalicfg) >> 15 & 1, 0u);
}

TEST_F(TimgTest, CyclingIsOnAfterResetAndEndsByAShortTimeout) {
  // What esp-idf does before its own calibration: a threshold of 1, then waiting for RDY or TIMEOUT.
  run_for(20 * microsecond);
  EXPECT_EQ(timg.read(rtccalicfg1) & 1, 1u) << "cycling data are valid";
  EXPECT_EQ(timg.read(rtccalicfg) >> 15 & 1, 1u) << "RDY, which esp-idf of 2021 waits for without a timeout";
  timg.write(rtccalicfg2, 1u << 7);
  run_for(100'000);
  EXPECT_EQ(timg.read(rtccalicfg2) & 1, 1u);
}

TEST_F(TimgTest, RawCannotBeWritten) {
  timg.write(int_raw, 3);
  EXPECT_EQ(timg.read(int_raw), 0u);
}

}  // namespace
}  // namespace ferry::board
