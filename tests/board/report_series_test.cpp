// What a series keeps, and that it stays small.
#include "board/record/report/series.hpp"

#include <gtest/gtest.h>

namespace ferry::board::report {
namespace {

constexpr Limits few{.first = 2, .last = 2, .merged = 4};

// One span a microsecond, of a quarter each.
Series<Span> filled(unsigned count) {
  Series<Span> series(few);
  for (unsigned number = 0; number < count; ++number) {
    const Time start = number * microsecond;
    series.add({start, start + microsecond / 4});
  }
  return series;
}

TEST(ReportSeries, KeepsAFewAsTheyAre) {
  const Series<Span> series = filled(4);
  EXPECT_EQ(series.count(), 4u);
  EXPECT_EQ(series.first().size() + series.last().size(), 4u);
  EXPECT_TRUE(series.merged().empty());
}

TEST(ReportSeries, KeepsTheFirstAndTheLast) {
  const Series<Span> series = filled(1000);
  EXPECT_EQ(series.count(), 1000u);
  EXPECT_EQ(series.first().back().start, 1 * microsecond);
  ASSERT_EQ(series.last().size(), 2u);
  EXPECT_EQ(series.last().front().start, 998 * microsecond);
}

TEST(ReportSeries, CountsThoseBetween) {
  const Series<Span> series = filled(1000);
  ASSERT_LE(series.merged().size(), few.merged);
  std::uint64_t count = 0;
  Time covered = 0, before = 0;
  for (const Merged& merged : series.merged()) {
    EXPECT_GE(merged.start, before);
    EXPECT_LE(merged.end - merged.start, series.resolution());
    before = merged.end;
    count += merged.count;
    covered += merged.covered;
  }
  EXPECT_EQ(count, 996u);
  EXPECT_EQ(covered, 996 * microsecond / 4);
  // Nearly a millisecond in four stretches.
  EXPECT_LE(series.resolution(), 600 * microsecond);
}

TEST(ReportSeries, ManyAtOneMomentAreOneStretch) {
  Series<Span> series(few);
  for (unsigned number = 0; number < 100; ++number) series.add({second, second});
  ASSERT_EQ(series.merged().size(), 1u);
  EXPECT_EQ(series.merged().front().count, 96u);
}

TEST(ReportSeries, WhatIsFarApartStaysApart) {
  Series<Span> series(few);
  for (unsigned number = 0; number < 8; ++number) series.add({number * second, number * second});
  EXPECT_EQ(series.merged().size(), 4u);
  EXPECT_EQ(series.resolution(), nanosecond);
}

}  // namespace
}  // namespace ferry::board::report
