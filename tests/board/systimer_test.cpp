#include "board/devices/systimer/systimer.hpp"

#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

// Offsets and bits from the manual, chapter 10.
constexpr std::uint32_t conf = 0x00, int_ena = 0x64, int_raw = 0x68, int_clr = 0x6C, int_st = 0x70;
constexpr std::uint32_t unit_op(unsigned unit) { return 0x04 + 4 * unit; }
constexpr std::uint32_t unit_load_hi(unsigned unit) { return 0x0C + 8 * unit; }
constexpr std::uint32_t unit_load_lo(unsigned unit) { return 0x10 + 8 * unit; }
constexpr std::uint32_t unit_value_hi(unsigned unit) { return 0x40 + 8 * unit; }
constexpr std::uint32_t unit_value_lo(unsigned unit) { return 0x44 + 8 * unit; }
constexpr std::uint32_t unit_load(unsigned unit) { return 0x5C + 4 * unit; }
constexpr std::uint32_t target_hi(unsigned index) { return 0x1C + 8 * index; }
constexpr std::uint32_t target_lo(unsigned index) { return 0x20 + 8 * index; }
constexpr std::uint32_t target_conf(unsigned index) { return 0x34 + 4 * index; }
constexpr std::uint32_t comp_load(unsigned index) { return 0x50 + 4 * index; }
constexpr std::uint32_t target_work(unsigned index) { return 1u << (24 - index); }
constexpr std::uint32_t unit0_work = 1u << 30, unit1_work = 1u << 29;
constexpr std::uint32_t value_valid = 1u << 29, update = 1u << 30;
constexpr std::uint32_t period_mode = 1u << 30, on_unit1 = 1u << 31;
constexpr unsigned target0_source = 37;

struct SystimerTest : ::testing::Test, Bench {
  Systimer systimer{timeline, lines, observers};

  void set(std::uint32_t offset, std::uint32_t bits) { systimer.write(offset, systimer.read(offset) | bits); }
  void clear(std::uint32_t offset, std::uint32_t bits) {
    systimer.write(offset, systimer.read(offset) & ~bits);
  }
  // As a driver reads it: UPDATE, wait for VALUE_VALID, HI and LO.
  std::uint64_t read_unit(unsigned unit) {
    systimer.write(unit_op(unit), update);
    for (int tries = 0; (systimer.read(unit_op(unit)) & value_valid) == 0 && tries < 100; ++tries)
      run_for(5'000);
    return std::uint64_t{systimer.read(unit_value_hi(unit))} << 32 | systimer.read(unit_value_lo(unit));
  }
  void one_shot(unsigned index, std::uint64_t target) {
    clear(conf, target_work(index));
    systimer.write(target_conf(index), 0);
    systimer.write(target_hi(index), static_cast<std::uint32_t>(target >> 32));
    systimer.write(target_lo(index), static_cast<std::uint32_t>(target));
    systimer.write(comp_load(index), 1);
    set(conf, target_work(index));
  }
  bool raw(unsigned index) { return (systimer.read(int_raw) >> index & 1) != 0; }
};

TEST_F(SystimerTest, ResetValues) {
  std::vector<Word> words{{conf, 0x46000000}, {0xFC, 0x2006171}, {int_ena, 0},
                          {int_raw, 0},       {int_clr, 0},      {int_st, 0}};
  append(words, 0x04, 6, 0);
  append(words, 0x1C, 9, 0);
  append(words, 0x40, 4, 0);
  append(words, 0x50, 5, 0);
  expect_registers(systimer, words);
}

TEST_F(SystimerTest, SixteenMillionTicksASecond) {
  EXPECT_EQ(systimer.value(0), 0u);
  run_until(second);
  EXPECT_EQ(systimer.value(0), 16'000'000u);
  EXPECT_EQ(systimer.value(1), 0u) << "unit 1 does not run after reset";
}

TEST_F(SystimerTest, TicksAre75And50NanosecondsInTurn) {
  // 40 MHz divided by 3, by 2, by 3 …: ticks at 75, 125, 200, 250 ns.
  const Time edges[] = {75'000, 125'000, 200'000, 250'000, 325'000};
  for (std::uint64_t tick = 0; tick < std::size(edges); ++tick) {
    run_until(edges[tick] - 1);
    EXPECT_EQ(systimer.value(0), tick);
    run_until(edges[tick]);
    EXPECT_EQ(systimer.value(0), tick + 1);
  }
}

TEST_F(SystimerTest, TimeAndTickAreInverse) {
  for (std::uint64_t tick = 1; tick < 10'000; ++tick) {
    const Time time = SystimerClock::time_of(tick);
    ASSERT_EQ(SystimerClock::ticks_at(time), tick);
    ASSERT_EQ(SystimerClock::ticks_at(time - 1), tick - 1);
  }
}

TEST_F(SystimerTest, UpdateLatchesAtTheNextTick) {
  run_until(microsecond);  // tick 16 exactly
  systimer.write(unit_op(0), update);
  EXPECT_EQ(systimer.read(unit_op(0)), 0u) << "not valid yet, and UPDATE reads 0";
  EXPECT_EQ(systimer.read(unit_value_lo(0)), 0u);
  run_for(75'000);
  EXPECT_EQ(systimer.read(unit_op(0)), value_valid);
  EXPECT_EQ(systimer.read(unit_value_lo(0)), 17u);
  run_for(microsecond);
  EXPECT_EQ(systimer.read(unit_value_lo(0)), 17u) << "the copy stays";
  EXPECT_EQ(read_unit(0), 34u);
}

TEST_F(SystimerTest, ValuesPassThe32BitBoundary) {
  run_until(300 * second);
  EXPECT_EQ(read_unit(0), 4'800'000'001u);
}

TEST_F(SystimerTest, LoadSetsTheCounter) {
  systimer.write(unit_load_hi(0), 0xABCDE);
  systimer.write(unit_load_lo(0), 0x12345678);
  systimer.write(unit_load(0), 1);
  EXPECT_EQ(systimer.value(0), 0xABCDE12345678u);
  run_for(microsecond);
  EXPECT_EQ(systimer.value(0), 0xABCDE12345678u + 16);
}

TEST_F(SystimerTest, TheCounterWrapsAt52Bits) {
  systimer.write(unit_load_hi(0), 0xFFFFF);
  systimer.write(unit_load_lo(0), 0xFFFFFFFF);
  systimer.write(unit_load(0), 1);
  run_for(75'000);
  EXPECT_EQ(systimer.value(0), 0u);
}

TEST_F(SystimerTest, UnitsStopAndGoOn) {
  run_until(microsecond);
  clear(conf, unit0_work);
  set(conf, unit1_work);
  run_for(microsecond);
  EXPECT_EQ(systimer.value(0), 16u);
  EXPECT_EQ(systimer.value(1), 16u);
  set(conf, unit0_work);
  run_for(microsecond);
  EXPECT_EQ(systimer.value(0), 32u);
  EXPECT_EQ(systimer.value(1), 32u);
}

TEST_F(SystimerTest, AOneShotAlarmComesAtItsTick) {
  systimer.write(int_ena, 1);
  one_shot(0, 1'000);
  const Time due = SystimerClock::time_of(1'000);
  EXPECT_EQ(due, 62'500'000u);
  run_until(due - 1);
  EXPECT_FALSE(raw(0));
  EXPECT_FALSE(lines[target0_source]);
  run_until(due);
  EXPECT_TRUE(raw(0));
  EXPECT_TRUE(lines[target0_source]);
  EXPECT_EQ(systimer.read(int_st), 1u);
  systimer.write(int_clr, 1);
  EXPECT_FALSE(raw(0));
  EXPECT_FALSE(lines[target0_source]);
  run_for(second);
  EXPECT_FALSE(raw(0)) << "once only";
}

TEST_F(SystimerTest, AnOddTickToo) {
  one_shot(2, 999);
  run_until(999 / 2 * 125'000 + 75'000 - 1);
  EXPECT_FALSE(raw(2));
  run_for(1);
  EXPECT_TRUE(raw(2));
}

TEST_F(SystimerTest, ATargetThatIsPassedFiresAtOnce) {
  run_until(second);
  one_shot(1, 100);
  EXPECT_FALSE(raw(1)) << "not inside the store";
  run_for(1);
  EXPECT_TRUE(raw(1));
}

TEST_F(SystimerTest, ATargetHalfTheRangeAheadIsNotPassed) {
  one_shot(0, (std::uint64_t{1} << 51) - 1);
  run_for(second);
  EXPECT_FALSE(raw(0));
}

TEST_F(SystimerTest, APeriodRepeatsWithoutDrift) {
  systimer.write(target_conf(0), 16'000);
  systimer.write(comp_load(0), 1);
  systimer.write(target_conf(0), 16'000 | period_mode);
  set(conf, target_work(0));
  for (Time alarm = 1; alarm <= 5; ++alarm) {
    run_until(alarm * millisecond - 1);
    EXPECT_FALSE(raw(0)) << alarm;
    run_until(alarm * millisecond);
    EXPECT_TRUE(raw(0)) << alarm;
    systimer.write(int_clr, 1);
  }
}

TEST_F(SystimerTest, ATargetIsTakenOverByCompLoadOnly) {
  one_shot(0, 1'000);
  systimer.write(target_lo(0), 10);
  run_until(SystimerClock::time_of(999));
  EXPECT_FALSE(raw(0));
  run_until(SystimerClock::time_of(1'000));
  EXPECT_TRUE(raw(0));
}

TEST_F(SystimerTest, DisablingCancels) {
  one_shot(0, 1'000);
  clear(conf, target_work(0));
  run_for(second);
  EXPECT_FALSE(raw(0));
}

TEST_F(SystimerTest, AComparatorMayWatchUnit1) {
  set(conf, unit1_work);
  systimer.write(unit_load_lo(1), 500);
  systimer.write(unit_load(1), 1);
  systimer.write(target_conf(0), on_unit1);
  systimer.write(target_lo(0), 516);
  systimer.write(comp_load(0), 1);
  set(conf, target_work(0));
  run_until(microsecond - 1);
  EXPECT_FALSE(raw(0));
  run_until(microsecond);
  EXPECT_TRUE(raw(0));
}

TEST_F(SystimerTest, AStoppedUnitAlarmsNobodyUntilItGoesOn) {
  one_shot(0, 16);
  clear(conf, unit0_work);
  run_for(second);
  EXPECT_FALSE(raw(0));
  set(conf, unit0_work);
  run_for(microsecond);
  EXPECT_TRUE(raw(0));
}

TEST_F(SystimerTest, LoadingTheUnitMovesTheAlarm) {
  one_shot(0, 1'000'000);
  systimer.write(unit_load_lo(0), 1'000'000 - 16);
  systimer.write(unit_load(0), 1);
  run_until(microsecond);
  EXPECT_TRUE(raw(0));
}

TEST_F(SystimerTest, ALongWaitIsOneEvent) {
  EXPECT_EQ(timeline.next(), never) << "nothing is armed";
  one_shot(0, 16'000'000ull * 3'600);
  EXPECT_EQ(timeline.next(), 3'600 * second);
  run_until(3'600 * second);
  EXPECT_EQ(timeline.events_run(), 1u);
  EXPECT_TRUE(raw(0));
}

TEST_F(SystimerTest, RawCannotBeWritten) {
  systimer.write(int_raw, 7);
  EXPECT_EQ(systimer.read(int_raw), 0u);
}

TEST_F(SystimerTest, ResetStartsOver) {
  one_shot(0, 1'000);
  run_until(microsecond);
  systimer.reset();
  EXPECT_EQ(systimer.value(0), 0u);
  run_for(second);
  EXPECT_FALSE(raw(0));
  EXPECT_EQ(systimer.value(0), 16'000'000u);
}

}  // namespace
}  // namespace ferry::board
