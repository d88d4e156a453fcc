// Times as users write and read them.
#include "board/record/time_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ferry::board {
namespace {

using testing::HasSubstr;

TEST(ParseTime, KnowsItsUnits) {
  EXPECT_EQ(parse_time("10s"), 10 * second);
  EXPECT_EQ(parse_time("250ms"), 250 * millisecond);
  EXPECT_EQ(parse_time("3us"), 3 * microsecond);
  EXPECT_EQ(parse_time("3µs"), 3 * microsecond);
  EXPECT_EQ(parse_time("100ns"), 100 * nanosecond);
  EXPECT_EQ(parse_time("0s"), 0u);
}

TEST(ParseTime, IsExact) {
  EXPECT_EQ(parse_time("2.5s"), 2500 * millisecond);
  EXPECT_EQ(parse_time("0.000000000001s"), 1u);
  EXPECT_EQ(parse_time("6.25ns"), 6250u);
  EXPECT_EQ(parse_time("0.1us"), 100 * nanosecond);
  EXPECT_EQ(parse_time("1.50000000000000000000s"), 1500 * millisecond);
  EXPECT_EQ(parse_time("00010s"), 10 * second);
}

TEST(ParseTime, StopsAtTheEndsOfTheTimeline) {
  EXPECT_EQ(parse_time("18446744s"), 18'446'744 * second);
  EXPECT_THAT(parse_time("18446745s").error(), HasSubstr("longer than 213 days"));
  EXPECT_THAT(parse_time("18446744.9s").error(), HasSubstr("longer than 213 days"));
  EXPECT_THAT(parse_time("99999999999999999999999999s").error(), HasSubstr("longer than 213 days"));
  EXPECT_THAT(parse_time("0.0001ns").error(), HasSubstr("finer than a picosecond"));
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "s", "ms", ".5s", "5.s", "5..5s", "-1s", "+1s", "1 s", " 1s", "1e3s", "tens", "1s5", "1.2.3s"}) {
    EXPECT_THAT(parse_time(text).error(), HasSubstr("is not a time")) << text;
  }
  EXPECT_THAT(parse_time("10").error(), HasSubstr("lacks its unit"));
}

TEST(TimeText, ShowsSecondsInColumns) {
  EXPECT_EQ(seconds_text(0), "0.000000000");
  EXPECT_EQ(seconds_text(2'560'000'123'999), "2.560000123");
  EXPECT_EQ(seconds_text(100 * second + 1000), "100.000000001");
}

TEST(TimeText, ChoosesAUnit) {
  EXPECT_EQ(short_time_text(0), "0 s");
  EXPECT_EQ(short_time_text(10 * second), "10 s");
  EXPECT_EQ(short_time_text(2560 * millisecond), "2.56 s");
  EXPECT_EQ(short_time_text(320 * microsecond), "320 us");
  EXPECT_EQ(short_time_text(6250), "6.25 ns");
  EXPECT_EQ(short_time_text(1'234'567'890'123), "1.234 s");
  EXPECT_EQ(short_time_text(12'345 * second), "12345 s");
  EXPECT_EQ(short_time_text(7), "7 ps");
}

}  // namespace
}  // namespace ferry::board
