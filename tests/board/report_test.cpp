// What the report's recorder makes of what it hears, and what the page makes of that.
#include "board/board.hpp"
#include "board/record/report/data.hpp"
#include "board/record/report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace ferry::board::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Report : public testing::Test {
 protected:
  void at(Time time) { now = time; }
  void print(std::string_view text, Time pause = 87 * microsecond) {
    for (const char byte : text) {
      now += pause;
      recorder.uart_sent(0, static_cast<std::uint8_t>(byte));
    }
  }
  nlohmann::json lane(std::string_view name) {
    const auto all = nlohmann::json::parse(data(recorder, board.pins()));
    for (const auto& each : all["lanes"])
      if (each["name"] == name) return each;
    return nullptr;
  }
  std::string finished_page(std::string_view firmware = "tiny.elf") {
    recorder.finish();
    return page(firmware, summary, recorder, board.pins());
  }

  Board board;
  Time now = 0;
  std::uint64_t sources = std::uint64_t{1} << 44;
  Recorder recorder{[this] { return now; }, [this](unsigned) { return sources; }, 1u << 21};
  RunSummary summary{.ended = "time",
                     .explanation = "ran for 1 s",
                     .firmware_exit_code = std::nullopt,
                     .simulated = second,
                     .wall_seconds = std::nullopt};
};

TEST_F(Report, ShowsADescriptorFromLoadToClose) {
  at(10 * microsecond);
  recorder.dma_started(1, DmaDirection::in, 0x3FC8'0000);
  at(11 * microsecond);
  recorder.dma_descriptor_loaded({1, DmaDirection::in, 0x3FC8'0000, 0x8000'0040, 0x3FC9'0000, 0});
  at(12 * microsecond);
  recorder.dma_bytes(1, DmaDirection::in, 0x3FC9'0000, 4);
  at(14 * microsecond);
  recorder.dma_bytes(1, DmaDirection::in, 0x3FC9'0004, 2);
  at(15 * microsecond);
  recorder.dma_descriptor_closed({1, DmaDirection::in, 0x3FC8'0000, 0x4000'6040, 0x3FC9'0000, 0});
  recorder.dma_ended(1, DmaDirection::in, "end of list");
  recorder.finish();

  const DmaLane& dma = recorder.dma(1, DmaDirection::in);
  ASSERT_EQ(dma.descriptors.count(), 1u);
  const Descriptor& descriptor = dma.descriptors.first().front();
  EXPECT_EQ(descriptor.start, 11 * microsecond);
  EXPECT_EQ(descriptor.end, 15 * microsecond);
  EXPECT_EQ(descriptor.word0_closed, 0x4000'6040u);
  EXPECT_EQ(descriptor.moved, 6u);
  EXPECT_EQ(descriptor.first_byte, 12 * microsecond);
  EXPECT_EQ(descriptor.last_byte, 14 * microsecond);
  EXPECT_EQ(dma.transfers.first().front().ended, "end of list");
  EXPECT_EQ(lane("DMA 1 IN")["items"]["first"],
            nlohmann::json({11'000'000, 4'000'000, 0x3FC8'0000u, 0x8000'0040u, 0x3FC9'0000u, 0, 0x4000'6040u,
                            6, 1'000'000, 3'000'000}));
  EXPECT_TRUE(lane("DMA 1 OUT").is_null());
}

TEST_F(Report, ADescriptorThatIsNotClosedEndsWithItsTransfer) {
  recorder.dma_started(0, DmaDirection::out, 0x3FC8'0000);
  recorder.dma_descriptor_loaded({0, DmaDirection::out, 0x3FC8'0000, 0, 0x3FC9'0000, 0});
  at(3 * microsecond);
  recorder.dma_ended(0, DmaDirection::out, "stopped");
  const Descriptor& descriptor = recorder.dma(0, DmaDirection::out).descriptors.first().front();
  EXPECT_EQ(descriptor.end, 3 * microsecond);
  EXPECT_EQ(descriptor.word0_closed, std::nullopt);
}

TEST_F(Report, PiecesOfTextAreLinesOrEndWithAPause) {
  print("first\nsecond");
  at(second);
  print(".");
  recorder.printed(Port::semihosting, "other\n");
  recorder.finish();
  std::vector<std::string> texts;
  for (const Text& text : recorder.text(Port::uart0).texts.first()) texts.push_back(text.bytes);
  EXPECT_THAT(texts, ElementsAre("first\n", "second", "."));
  EXPECT_EQ(recorder.text(Port::uart0).texts.first()[0].start, 87 * microsecond);
  EXPECT_EQ(recorder.text(Port::uart0).texts.first()[2].start, second + 87 * microsecond);
  EXPECT_EQ(recorder.text(Port::semihosting).texts.first().front().bytes, "other\n");
}

TEST_F(Report, BothEndsOfALineAreOne) {
  print("one\r\ntwo\n");
  recorder.finish();
  const auto items = lane("UART0")["items"]["first"];
  EXPECT_EQ(items[2], "one\n");
  EXPECT_EQ(items[5], "two\n");
}

TEST_F(Report, HandlersEndWithTheirOwnReturn) {
  at(1 * microsecond);
  recorder.interrupt_taken(3);
  at(2 * microsecond);
  recorder.exception_taken(2, 0, 0x4038'0000);
  at(3 * microsecond);
  recorder.trap_left();
  recorder.trap_left();
  recorder.trap_left();  // that of nothing
  ASSERT_EQ(recorder.handlers().count(), 1u);
  const Handler& handler = recorder.handlers().first().front();
  EXPECT_EQ(handler.line, 3u);
  EXPECT_EQ(handler.start, 1 * microsecond);
  EXPECT_EQ(handler.end, 3 * microsecond);
  EXPECT_THAT(lane("Interrupts")["items"]["first"], ElementsAre(1'000'000, 2'000'000, 3, "DMA_CH0_INT"));
  EXPECT_EQ(recorder.marks().first().front().text, "cause 2 at 0x40380000, mtval 0x00000000");
}

TEST_F(Report, SleepIsCountedOnceHoweverOftenItIsTold) {
  recorder.cpu_waits(true);
  at(1 * microsecond);
  recorder.cpu_waits(true);
  at(2 * microsecond);
  recorder.cpu_waits(false);
  recorder.cpu_waits(false);
  ASSERT_EQ(recorder.asleep().count(), 1u);
  EXPECT_EQ(recorder.asleep().first().front().end, 2 * microsecond);
}

TEST_F(Report, PhasesFollowEachOther) {
  for (const char* phase : {"prep", "data", "done", "idle"}) {
    now += microsecond;
    recorder.spi_phase(phase);
  }
  std::vector<std::string> phases;
  for (const Phase& phase : recorder.phases().first()) {
    phases.push_back(phase.name);
    EXPECT_EQ(phase.end - phase.start, microsecond);
  }
  EXPECT_THAT(phases, ElementsAre("prep", "data", "done"));
}

TEST_F(Report, WhatIsUnderWayEndsWithTheRun) {
  recorder.cpu_waits(true);
  recorder.spi_phase("data");
  recorder.dma_started(2, DmaDirection::out, 0);
  recorder.interrupt_taken(1);
  at(second);
  recorder.finish();
  EXPECT_EQ(recorder.asleep().first().front().end, second);
  EXPECT_EQ(recorder.phases().first().front().end, second);
  EXPECT_EQ(recorder.handlers().first().front().end, second);
  EXPECT_EQ(recorder.dma(2, DmaDirection::out).transfers.first().front().ended, "");
}

TEST_F(Report, AResetIsAMarkAndEndsWhatRan) {
  recorder.dma_started(0, DmaDirection::out, 0);
  at(5 * microsecond);
  recorder.chip_reset("watchdog");
  recorder.mark(now, "watch", "the buffer was touched");
  const std::string text = finished_page();
  EXPECT_THAT(text, AllOf(HasSubstr("<td>reset</td><td><bdi>watchdog</bdi>"),
                          HasSubstr("<td>watch</td><td><bdi>the buffer was touched</bdi>")));
  EXPECT_EQ(recorder.dma(0, DmaDirection::out).transfers.first().front().ended, "chip reset");
}

TEST_F(Report, TextCannotBecomeMarkup) {
  constexpr std::string_view attack = "</script><b onclick='x'>{{data}}&amp;\x01\xFF\"\n";
  print(attack);
  recorder.notice(attack);
  recorder.mark(now, attack, attack);
  summary.explanation = attack;
  const std::string text = finished_page(attack);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("<b onclick")), Not(HasSubstr("</script><b")), Not(HasSubstr("\x01")),
                          Not(HasSubstr("\xFF"))));
  EXPECT_THAT(text,
              HasSubstr("&lt;/script&gt;&lt;b onclick=&#39;x&#39;&gt;{{data}}&amp;amp;\\x01\\xff&quot;"));
  EXPECT_THAT(text, HasSubstr("\\u003c/script>\\u003cb onclick='x'>{{data}}&amp;\\\\x01\\\\xff\\\"\\n"));
}

TEST_F(Report, HasTheFiguresOfTheSummary) {
  summary.wall_seconds = 0.5;
  const std::string text = finished_page();
  for (const SummaryLine& line : summary_lines(summary))
    EXPECT_THAT(text, HasSubstr("<tr><th scope=\"row\">" + line.name + "</th><td>" + line.value));
  EXPECT_THAT(text, AllOf(HasSubstr("<title>tiny.elf"), HasSubstr("ran for 1 s"), Not(HasSubstr("{{"))));
}

TEST_F(Report, AsksForNothingFromElsewhere) {
  const std::string text = finished_page();
  EXPECT_THAT(text, AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr(" src=")),
                          Not(HasSubstr("url(http")), Not(HasSubstr("@import"))));
}

// A run of any length gives a page of a bounded size.
TEST_F(Report, StaysSmall) {
  for (unsigned edge = 0; edge < 1'000'000; ++edge) {
    now += 5 * microsecond;
    recorder.pin_changed(0, edge % 2 == 0);
  }
  const std::string text = finished_page();
  EXPECT_LT(text.size(), 400'000u);
  EXPECT_THAT(text, HasSubstr("GPIO0: edges: of 1000000 the first 4000 and the last 2000 are shown"));
}

}  // namespace
}  // namespace ferry::board::report
