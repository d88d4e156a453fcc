// The firmware's text, the board's own lines between it, and the search for expected text.
#include "board/record/console.hpp"

#include "board/record/messages.hpp"
#include "board/record/text_matcher.hpp"
#include "tests/app/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ferry::board {
namespace {

// Counts matches of `text` when `stream` comes byte by byte.
int matches(const std::string& text, std::string_view stream) {
  TextMatcher matcher(text);
  int count = 0;
  for (const char byte : stream) count += matcher.feed(byte) ? 1 : 0;
  return count;
}

TEST(TextMatcher, FindsTextAnywhere) {
  EXPECT_EQ(matches("done", "all done\n"), 1);
  EXPECT_EQ(matches("done", "don done dondone"), 2);
  EXPECT_EQ(matches("done", "dine"), 0);
  EXPECT_EQ(matches("x", "xx"), 2);
}

TEST(TextMatcher, FallsBackInsideAPartialMatch) {
  EXPECT_EQ(matches("aab", "aaab"), 1);
  EXPECT_EQ(matches("abab", "abaabab"), 1);
  EXPECT_EQ(matches("abab", "ababab"), 2);
  EXPECT_EQ(matches("aaa", "aaaaa"), 3);
  EXPECT_EQ(matches("abacabab", "abacabacabab"), 1);
}

TEST(TextMatcher, AgreesWithASearchOfTheWhole) {
  // Every text of up to four letters in every stream of nine, over two letters.
  const auto word = [](unsigned bits, unsigned length) {
    std::string text;
    for (unsigned i = 0; i < length; ++i) text += (bits >> i & 1u) != 0 ? 'b' : 'a';
    return text;
  };
  for (unsigned length = 1; length <= 4; ++length) {
    for (unsigned pattern = 0; pattern < 1u << length; ++pattern) {
      for (unsigned stream = 0; stream < 1u << 9; ++stream) {
        const std::string text = word(pattern, length), whole = word(stream, 9);
        int expected = 0;
        for (std::size_t at = 0; (at = whole.find(text, at)) != std::string::npos; ++at) ++expected;
        ASSERT_EQ(matches(text, whole), expected) << text << " in " << whole;
      }
    }
  }
}

class ConsoleTest : public testing::Test {
 protected:
  void print(Console& console, std::string_view text, unsigned uart = 0) {
    for (const char byte : text) console.uart_sent(uart, static_cast<std::uint8_t>(byte));
  }
  tests::TemporaryFolder folder;
};

TEST_F(ConsoleTest, PassesBytesOnUnchanged) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console console(lines, 0);
  print(console, "one\r\ntwo\xff\x80 three\n");
  EXPECT_EQ(folder.read("text"), "one\r\ntwo\xff\x80 three\n");
  print(console, "half");
  output->flush();
  EXPECT_THAT(folder.read("text"), testing::EndsWith("half"));
}

TEST_F(ConsoleTest, ShowsOneUart) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console console(lines, 0);
  print(console, "no\n", 1);
  EXPECT_EQ(folder.read("text"), "");
}

TEST_F(ConsoleTest, LinesOfTwoSourcesStayWhole) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console uart(lines, 0), usb(lines, 2);
  print(uart, "Hel");
  print(usb, "Hello\nwor", 2);
  print(uart, "lo\nwo");
  EXPECT_EQ(folder.read("text"), "Hello\nHello\n") << "both lines, and the open one behind them";
  print(usb, "ld\n", 2);
  print(uart, "rld\n");
  EXPECT_EQ(folder.read("text"), "Hello\nHello\nworld\nworld\n");
}

TEST_F(ConsoleTest, WhatIsHeldBackComesAtTheEnd) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console uart(lines, 0), usb(lines, 2);
  print(uart, "> ");
  print(usb, "> one\n> ", 2);
  lines.finish();
  EXPECT_EQ(folder.read("text"), "> \n> one\n> ");
}

TEST_F(ConsoleTest, ALineThatStaysOpenIsTakenAway) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console uart(lines, 0), usb(lines, 2);
  print(uart, "...");
  const std::string other(WholeLines::patience, 'x');
  print(usb, other, 2);
  EXPECT_EQ(folder.read("text"), "");
  print(usb, "y\n", 2);
  EXPECT_EQ(folder.read("text"), "...\n" + other + "y\n");
  print(uart, ".\n");
  EXPECT_EQ(folder.read("text"), "...\n" + other + "y\n.\n");
}

TEST_F(ConsoleTest, ReportsEachTextOnce) {
  auto output = Output::create(folder.path("text"));
  WholeLines lines(*output);
  Console console(lines, 0);
  std::string found;
  console.look_for("ready", [&] { found += 'r'; });
  console.look_for("error", [&] { found += 'e'; });
  print(console, "rea");
  print(console, "error", 1);
  EXPECT_EQ(found, "");
  print(console, "dy");
  EXPECT_EQ(found, "r");
  print(console, "an error, ready, error");
  EXPECT_EQ(found, "re");
}

TEST_F(ConsoleTest, KeepsErrorsOfItsOutput) {
  auto output = Output::create("/dev/full");
  WholeLines lines(*output);
  Console console(lines, 0);
  print(console, "text\n");
  EXPECT_EQ(output->error(), ENOSPC);
}

TEST_F(ConsoleTest, EndsHalfALineBeforeAMessageInTheSamePlace) {
  auto text = Output::create(folder.path("both"));
  Output messages(text->descriptor());
  WholeLines lines(*text);
  Console console(lines, 0);
  Messages board(*text, messages, [] { return 2 * second; }, [] { return std::string(" in main"); });
  print(console, "...");
  board.notice("two drivers\nfight");
  board.chip_reset("watchdog");
  print(console, "boot\n");
  board.line("end");
  EXPECT_EQ(
      folder.read("both"),
      "...\nnote: two drivers\\x0afight, in main\nnote: chip reset at 2.000000000 s: watchdog\nboot\nend\n");
}

TEST_F(ConsoleTest, HasAnEndOfNotes) {
  auto messages = Output::create(folder.path("messages"));
  Output text(messages->descriptor());
  Messages board(text, *messages, [] { return Time{0}; }, [] { return std::string(); });
  for (int round = 0; round < 5000; ++round) {
    board.chip_reset("again");
    board.notice("something");
  }
  const std::string written = folder.read("messages");
  EXPECT_EQ(std::ranges::count(written, '\n'), 100 + 1 + 1000 + 1);
  EXPECT_THAT(written,
              testing::HasSubstr("\nnote: the chip goes on being reset; only the summary counts that from "
                                 "here on\n"));
  EXPECT_THAT(written, testing::EndsWith("\nnote: there is more to note; that is not written any more\n"));
}

TEST_F(ConsoleTest, LeavesTheTextAloneElsewhere) {
  auto text = Output::create(folder.path("text")), messages = Output::create(folder.path("messages"));
  WholeLines lines(*text);
  Console console(lines, 0);
  Messages board(*text, *messages, [] { return Time{0}; }, [] { return std::string(); });
  print(console, "...");
  board.notice("something");
  EXPECT_EQ(folder.read("text"), "...");
  EXPECT_EQ(folder.read("messages"), "note: something\n");
}

}  // namespace
}  // namespace ferry::board
