#include "board/devices/rtc_cntl/rtc_cntl.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Offsets and bits from the manual, chapters 9 and 12.
constexpr std::uint32_t options0 = 0x00, slp_timer0 = 0x04, slp_timer1 = 0x08, time_update = 0x0C,
                        time_low0 = 0x10, time_high0 = 0x14, state0 = 0x18, reset_state = 0x38,
                        int_ena = 0x40, int_raw = 0x44, int_st = 0x48, int_clr = 0x4C, store0 = 0x50,
                        clk_conf = 0x70, wdtconfig0 = 0x90, wdtconfig1 = 0x94, wdtconfig2 = 0x98,
                        wdtfeed = 0xA4, wdtwprotect = 0xA8, swd_conf = 0xAC, swd_wprotect = 0xB0,
                        store4 = 0xB8, time_low1 = 0xDC, int_ena_w1ts = 0x100, int_ena_w1tc = 0x104;
constexpr std::uint32_t wdt_key = 0x50D83AA1, swd_key = 0x8F1D312A;
constexpr std::uint32_t wdt_en = 1u << 31, flashboot = 1u << 12, procpu_reset_en = 1u << 11;
constexpr std::uint32_t stage(unsigned index, std::uint32_t action) { return action << (28 - 3 * index); }
constexpr std::uint32_t interrupt = 1, cpu_reset = 2, core_reset = 3, system_reset = 4;
constexpr std::uint32_t swd_feed = 1u << 29, swd_disable = 1u << 30, swd_auto_feed = 1u << 31,
                        swd_flag_clear = 1u << 28;
constexpr std::uint32_t wdt_interrupt = 1u << 3, main_timer_interrupt = 1u << 10, swd_interrupt = 1u << 15;
constexpr unsigned rtc_source = 27;
constexpr double rc_slow = 136e3;

// A time as a count of slow cycles gives it, to a picosecond per cycle.
Time slow_cycles(std::uint64_t count) { return count * 7'352'941; }

struct RtcCntlTest : ::testing::Test, Bench {
  RtcCntl rtc{timeline, lines, observers, [this](ResetCause cause, ResetScope scope) {
                resets.emplace_back(cause, scope);
                rtc.reset_by(cause, scope);
              }};
  std::vector<std::pair<ResetCause, ResetScope>> resets;

  void stop_super_watchdog() {
    rtc.write(swd_wprotect, swd_key);
    rtc.write(swd_conf, rtc.read(swd_conf) | swd_auto_feed);
    rtc.write(swd_wprotect, 0);
  }
  void stop_boot_watchdog() {
    rtc.write(wdtwprotect, wdt_key);
    rtc.write(wdtconfig0, rtc.read(wdtconfig0) & ~(flashboot | wdt_en));
  }
};

TEST_F(RtcCntlTest, ResetValues) {
  std::vector<Word> words{{options0, 0x1C00A000},
                          {slp_timer0, 0},
                          {slp_timer1, 0},
                          {time_update, 0},
                          {time_low0, 0},
                          {time_high0, 0},
                          {state0, 0},
                          {0x1C, 0x28140403},
                          {0x20, 0x1000000},
                          {0x24, 0xA080A08},
                          {0x28, 0x10200A08},
                          {0x2C, 0x8000},
                          {0x30, 0xA080000},
                          {0x34, 0xC40000},
                          {reset_state, 0x3001},
                          {0x3C, 0x60000},
                          {int_ena, 0},
                          {int_raw, 0},
                          {int_st, 0},
                          {int_clr, 0},
                          {0x60, 0x66C80},
                          {0x64, 0},
                          {0x68, 0},
                          {0x6C, 0},
                          {clk_conf, 0x11583218},
                          {0x74, 0x400000},
                          {0x78, 0xAB0BE0A},
                          {0x7C, 0x10800},
                          {0x80, 0xA0000000},
                          {0x84, 0},
                          {0x88, 0x555010},
                          {0x8C, 0xAA805080},
                          {wdtconfig0, 0x13214},
                          {wdtconfig1, 200'000},
                          {wdtconfig2, 80'000},
                          {0x9C, 0xFFF},
                          {0xA0, 0xFFF},
                          {wdtfeed, 0},
                          {wdtwprotect, 0},
                          {swd_conf, 0x4B00000},
                          {swd_wprotect, 0},
                          {0xB4, 0},
                          {0xC8, 0},
                          {0xCC, 0},
                          {0xD0, 0},
                          {0xD4, 0},
                          {0xD8, 0x43FF0010},
                          {time_low1, 0},
                          {0xE0, 0},
                          {0xE4, 0},
                          {0xE8, 0xFF00000},
                          {0xEC, 0},
                          {0xF0, 0},
                          {0xF4, 0},
                          {0xF8, 0},
                          {0xFC, 0xC800},
                          {int_ena_w1ts, 0},
                          {int_ena_w1tc, 0},
                          {0x108, 0xA0D00000},
                          {0x10C, 7},
                          {0x110, 0},
                          {0x114, 0},
                          {0x118, 0},
                          {0x11C, 0},
                          {0x120, 0},
                          {0x124, 0},
                          {0x1FC, 0x2007270}};
  append(words, store0, 4, 0);
  append(words, store4, 4, 0);
  expect_registers(rtc, words);
}

// ---- The RTC watchdog

TEST_F(RtcCntlTest, TheBootWatchdogBitesAfterTwiceItsHoldValue) {
  stop_super_watchdog();
  // 200,000 cycles of RC_SLOW, shifted left by 1: 2.94 s. A hanging boot resets the system.
  const Time due = slow_cycles(400'000);
  EXPECT_NEAR(static_cast<double>(due) / second, 400'000 / rc_slow, 1e-6);
  run_until(due - 1);
  EXPECT_THAT(resets, IsEmpty());
  run_until(due);
  EXPECT_THAT(resets, ElementsAre(Pair(ResetCause::rwdt_system, ResetScope::system)));
  EXPECT_EQ(rtc.read(reset_state) & 0x3F, 0x10u);
}

TEST_F(RtcCntlTest, EfuseDelaysTheFirstStage) {
  rtc.set_watchdog_delay(2);
  rtc.reset();
  EXPECT_EQ(rtc.watchdog_due(), slow_cycles(1'600'000));
}

TEST_F(RtcCntlTest, FlashbootAndEnableOffStopIt) {
  stop_super_watchdog();
  stop_boot_watchdog();
  EXPECT_EQ(rtc.watchdog_due(), never);
  run_for(100 * second);
  EXPECT_THAT(resets, IsEmpty());
}

TEST_F(RtcCntlTest, WithoutFlashBootTheBitDoesNothing) {
  rtc.set_flash_boot(false);
  rtc.reset();
  EXPECT_EQ(rtc.watchdog_due(), never);
  EXPECT_EQ(rtc.read(wdtconfig0), 0x13214u);
}

TEST_F(RtcCntlTest, WritesNeedTheKey) {
  rtc.write(wdtconfig0, 0);
  rtc.write(wdtconfig1, 1);
  EXPECT_EQ(rtc.read(wdtconfig0), 0x13214u) << "locked after reset";
  EXPECT_EQ(rtc.read(wdtconfig1), 200'000u);
  EXPECT_EQ(events.notices.size(), 1u);
  rtc.write(wdtwprotect, wdt_key);
  rtc.write(wdtconfig1, 1);
  EXPECT_EQ(rtc.read(wdtconfig1), 1u);
  rtc.write(wdtwprotect, 0);
  rtc.write(wdtconfig1, 2);
  EXPECT_EQ(rtc.read(wdtconfig1), 1u);
}

TEST_F(RtcCntlTest, FeedingStartsOver) {
  stop_super_watchdog();
  run_until(2 * second);
  rtc.write(wdtwprotect, wdt_key);
  rtc.write(wdtfeed, 1u << 31);
  EXPECT_EQ(rtc.watchdog_due(), 2 * second + slow_cycles(400'000));
  rtc.write(wdtfeed, 1);
  EXPECT_EQ(rtc.watchdog_due(), 2 * second + slow_cycles(400'000)) << "WDT_FEED is bit 31";
}

TEST_F(RtcCntlTest, FourStagesWithFourActions) {
  stop_super_watchdog();
  stop_boot_watchdog();
  rtc.write(int_ena, wdt_interrupt);
  rtc.write(wdtconfig1, 500);
  rtc.write(wdtconfig2, 1'000);
  rtc.write(0x9C, 1'000);
  rtc.write(0xA0, 1'000);
  rtc.write(wdtconfig0, wdt_en | procpu_reset_en | stage(0, interrupt) | stage(1, cpu_reset) |
                            stage(2, core_reset) | stage(3, system_reset));
  run_for(slow_cycles(1'000) - 1);
  EXPECT_FALSE(lines[rtc_source]);
  run_for(1);
  EXPECT_TRUE(lines[rtc_source]) << "stage 0 takes twice its hold value";
  EXPECT_EQ(rtc.read(int_raw), wdt_interrupt);
  rtc.write(int_clr, wdt_interrupt);
  EXPECT_FALSE(lines[rtc_source]);
  run_for(slow_cycles(1'000));
  run_for(slow_cycles(1'000));
  run_for(slow_cycles(1'000));
  EXPECT_THAT(resets, ElementsAre(Pair(ResetCause::rwdt_cpu, ResetScope::cpu),
                                  Pair(ResetCause::rwdt_core, ResetScope::core),
                                  Pair(ResetCause::rwdt_system, ResetScope::system)));
}

TEST_F(RtcCntlTest, ACpuResetNeedsItsEnable) {
  stop_super_watchdog();
  stop_boot_watchdog();
  rtc.write(wdtconfig0, wdt_en | stage(0, cpu_reset));
  run_for(20 * second);
  EXPECT_THAT(resets, IsEmpty());
}

// ---- The super watchdog

TEST_F(RtcCntlTest, TheSuperWatchdogBitesWithinASecond) {
  run_until(800 * millisecond);
  EXPECT_EQ(rtc.read(int_raw), 0u);
  EXPECT_EQ(rtc.read(swd_conf) & 2, 0u);
  run_until(900 * millisecond);
  EXPECT_EQ(rtc.read(int_raw), swd_interrupt) << "a request about 100 ms before";
  EXPECT_EQ(rtc.read(swd_conf) & 2, 2u);
  EXPECT_THAT(resets, IsEmpty());
  run_until(second);
  EXPECT_THAT(resets, ElementsAre(Pair(ResetCause::super_watchdog, ResetScope::system)));
  EXPECT_EQ(rtc.read(reset_state) & 0x3F, 0x12u);
  EXPECT_EQ(rtc.read(swd_conf) & 1, 1u);
  rtc.write(swd_wprotect, swd_key);
  rtc.write(swd_conf, rtc.read(swd_conf) | swd_flag_clear);
  EXPECT_EQ(rtc.read(swd_conf) & 1, 0u);
}

TEST_F(RtcCntlTest, TheSuperWatchdogCanBeFed) {
  stop_boot_watchdog();
  rtc.write(swd_wprotect, swd_key);
  for (int round = 0; round < 10; ++round) {
    run_for(700 * millisecond);
    rtc.write(swd_conf, rtc.read(swd_conf) | swd_feed);
  }
  EXPECT_THAT(resets, IsEmpty());
}

TEST_F(RtcCntlTest, AutoFeedAndDisableCostNoEvents) {
  for (const std::uint32_t bit : {swd_auto_feed, swd_disable}) {
    rtc.reset();
    stop_boot_watchdog();
    rtc.write(swd_wprotect, swd_key);
    rtc.write(swd_conf, rtc.read(swd_conf) | bit);
    EXPECT_EQ(timeline.next(), never);
    rtc.write(swd_conf, rtc.read(swd_conf) & ~bit);
    EXPECT_NE(rtc.super_watchdog_due(), never);
  }
}

TEST_F(RtcCntlTest, TheSuperWatchdogNeedsItsKey) {
  rtc.write(swd_wprotect, wdt_key);
  rtc.write(swd_conf, rtc.read(swd_conf) | swd_auto_feed);
  EXPECT_EQ(rtc.read(swd_conf), 0x4B00000u);
  EXPECT_NE(rtc.super_watchdog_due(), never);
}

// ---- Resets

TEST_F(RtcCntlTest, SoftwareResets) {
  rtc.write(options0, rtc.read(options0) | 1u << 31);
  EXPECT_THAT(resets, ElementsAre(Pair(ResetCause::software_system, ResetScope::core)));
  EXPECT_EQ(rtc.read(reset_state) & 0x3F, 3u);
  EXPECT_EQ(rtc.read(options0) >> 31, 0u);
  rtc.write(options0, rtc.read(options0) | 1u << 5);
  EXPECT_EQ(resets.back(), (std::pair{ResetCause::software_cpu, ResetScope::cpu}));
  EXPECT_EQ(rtc.read(reset_state) & 0x3F, 0xCu);
}

TEST_F(RtcCntlTest, ScratchRegistersSurviveACoreReset) {
  rtc.write(store0, 0x12345678);
  rtc.write(store4, 0x9ABCDEF0);
  rtc.write(options0, 1u << 31);
  EXPECT_EQ(rtc.read(store0), 0x12345678u);
  EXPECT_EQ(rtc.read(store4), 0x9ABCDEF0u);
  rtc.reset_by(ResetCause::rwdt_system, ResetScope::system);
  EXPECT_EQ(rtc.read(store0), 0u);
  EXPECT_EQ(rtc.read(reset_state) & 0x3F, 0x10u);
}

TEST_F(RtcCntlTest, ThePllsPowerIsTold) {
  std::vector<bool> powered;
  rtc.on_pll_power([&](bool now) { powered.push_back(now); });
  for (const unsigned bit : {6u, 8u, 10u}) {
    rtc.write(options0, rtc.read(options0) | 1u << bit);
    rtc.write(options0, rtc.read(options0) & ~(1u << bit));
  }
  EXPECT_THAT(powered, ElementsAre(false, true, false, true, false, true));
}

// ---- The main timer

TEST_F(RtcCntlTest, TheMainTimerCountsRcSlow) {
  stop_super_watchdog();
  stop_boot_watchdog();
  run_until(second);
  EXPECT_EQ(rtc.read(time_low0), 0u) << "only TIME_UPDATE copies it";
  rtc.write(time_update, 1u << 31);
  EXPECT_EQ(rtc.read(time_low0), 136'000u);
  run_until(2 * second);
  rtc.write(time_update, 1u << 31);
  EXPECT_EQ(rtc.read(time_low0), 272'000u);
  EXPECT_EQ(rtc.read(time_low1), 136'000u) << "the trigger before";
}

TEST_F(RtcCntlTest, TheMainTimerKeepsItsCountOverAChangeOfClock) {
  stop_super_watchdog();
  stop_boot_watchdog();
  run_until(second);
  rtc.write(clk_conf, rtc.read(clk_conf) | 2u << 30);  // RC_FAST divided by 256
  run_for(second);
  rtc.write(time_update, 1u << 31);
  EXPECT_NEAR(rtc.read(time_low0), 136'000 + 17.5e6 / 256, 10.0);
}

TEST_F(RtcCntlTest, TheCrystalThatIsMissingIsTold) {
  rtc.write(clk_conf, rtc.read(clk_conf) | 1u << 30);
  EXPECT_EQ(events.notices.size(), 1u);
  EXPECT_EQ(rtc.watchdog_due(), never);
}

TEST_F(RtcCntlTest, TheMainTimerAlarms) {
  stop_super_watchdog();
  stop_boot_watchdog();
  rtc.write(int_ena_w1ts, main_timer_interrupt);
  EXPECT_EQ(rtc.read(int_ena), main_timer_interrupt);
  rtc.write(slp_timer0, 1'000);
  rtc.write(slp_timer1, 1u << 16);
  run_until(slow_cycles(1'000) - 1);
  EXPECT_FALSE(lines[rtc_source]);
  run_until(slow_cycles(1'000));
  EXPECT_TRUE(lines[rtc_source]);
  rtc.write(int_ena_w1tc, main_timer_interrupt);
  EXPECT_FALSE(lines[rtc_source]);
}

}  // namespace
}  // namespace ferry::board
