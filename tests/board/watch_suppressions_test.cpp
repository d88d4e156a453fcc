// Files of suppressions, and what their lines match.
#include "board/watch/suppressions.hpp"

#include <gtest/gtest.h>

namespace ferry::board::watch {
namespace {

Finding finding() {
  Finding result;
  result.rule = Rule::tx_write;
  result.access.places = {{.pc = 0, .source = {.function = "draw", .file = "draw.cpp", .line = 12}},
                          {.pc = 0, .source = {.function = "main", .file = "main.cpp", .line = 7}}};
  result.transfer = Finding::Owner{};
  result.transfer->places = {{.pc = 0, .source = {.function = "spi::Bus::start", .file = "", .line = 0}}};
  return result;
}

bool suppressed(std::string_view text) {
  const auto lines = parse_suppressions(text);
  return lines && lines->size() == 1 && lines->front().matches(finding());
}

TEST(WatchSuppressions, MatchFunctionsAndFilesOfBothEndsAndTheirCallers) {
  EXPECT_TRUE(suppressed("tx-write:draw"));
  EXPECT_TRUE(suppressed(" tx-write : main.cpp  # it may tear\n\n# nothing else\n"));
  EXPECT_TRUE(suppressed("*:draw.cpp:12"));
  EXPECT_TRUE(suppressed("*:spi::*::start"));
  EXPECT_TRUE(suppressed("*:*"));
  EXPECT_FALSE(suppressed("tx-write:draw.cpp:1"));
  EXPECT_FALSE(suppressed("tx-write:dra"));
  EXPECT_FALSE(suppressed("rx-read:draw"));
  EXPECT_FALSE(suppressed("*:spi::*::stop"));
}

TEST(WatchSuppressions, OnlyBehindABlankBeginsAComment) {
  const auto lines = parse_suppressions("*:demo::main::{closure#1}# x\n*:a\t# x # y\n#*:b");
  ASSERT_TRUE(lines) << lines.error();
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ(lines->front().pattern, "demo::main::{closure#1}# x");
  EXPECT_EQ(lines->back().pattern, "a");
}

TEST(WatchSuppressions, ErrorsNameTheLine) {
  EXPECT_EQ(parse_suppressions("*:a\ndraw\n").error(), "line 2: \"draw\" is not of the form RULE:PATTERN");
  EXPECT_EQ(parse_suppressions("tx-writ:a").error(), "line 1: there is no rule \"tx-writ\"");
  EXPECT_EQ(parse_suppressions("\n\n*: # x").error(),
            "line 3: the pattern is empty; * stands for everything");
  EXPECT_TRUE(parse_suppressions("")->empty());
}

TEST(WatchSuppressions, TextMayComeFromAnyEditor) {
  for (const std::string_view text : {"\xEF\xBB\xBFtx-write:draw\r\n*:other\r\n", "tx-write:draw\r*:other",
                                      "\r\n tx-write:draw # it may tear\r\n\r\n*:other"}) {
    const auto lines = parse_suppressions(text);
    ASSERT_TRUE(lines) << lines.error();
    ASSERT_EQ(lines->size(), 2u);
    EXPECT_EQ(lines->front().pattern, "draw");
    EXPECT_EQ(lines->back().pattern, "other");
  }
  EXPECT_EQ(parse_suppressions("*:a\r\ndraw\r\n").error(),
            "line 2: \"draw\" is not of the form RULE:PATTERN");
  using namespace std::string_view_literals;
  EXPECT_EQ(parse_suppressions("\xFF\xFE*\0:\0a\0"sv).error(), "it is no text in UTF-8");
  EXPECT_EQ(parse_suppressions("*:a\0b"sv).error(), "it is no text in UTF-8");
}

TEST(WatchSuppressions, EachRuleHasItsCode) {
  for (std::size_t index = 0; index < rule_count; ++index) {
    const auto rule = static_cast<Rule>(index);
    EXPECT_EQ(rule_of(code_of(rule)), rule);
    EXPECT_FALSE(meaning_of(rule).empty());
  }
}

}  // namespace
}  // namespace ferry::board::watch
