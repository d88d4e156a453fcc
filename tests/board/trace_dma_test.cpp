// What `--trace dma` says about a descriptor list.
#include "board/record/trace_dma.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ferry::board {
namespace {

using testing::ElementsAre;

constexpr std::uint32_t owner = 1u << 31, suc_eof = 1u << 30, err_eof = 1u << 28;

class TraceDma : public testing::Test {
 protected:
  std::vector<std::string> lines;
  Time now = 0;
  DmaTrace trace{[this](std::string_view line) { lines.emplace_back(line); }, [this] { return now; }};
};

TEST_F(TraceDma, TellsAListFromStartToEnd) {
  now = 1'234'567'890;
  trace.dma_started(0, DmaDirection::out, 0x3FC8'1000);
  trace.dma_descriptor_loaded(
      {0, DmaDirection::out, 0x3FC8'1000, owner | 4095u << 12 | 4095, 0x3FC8'2000, 0x3FC8'100C});
  now = 2'345'678'901'234;
  trace.dma_descriptor_closed(
      {0, DmaDirection::out, 0x3FC8'1000, owner | 4095u << 12 | 4095, 0x3FC8'2000, 0x3FC8'100C});
  trace.dma_ended(0, DmaDirection::out, "list done");
  EXPECT_THAT(
      lines,
      ElementsAre(
          "dma   0.001234567 s  channel 0 OUT  starts    0x3fc81000  out of memory",
          "dma   0.001234567 s  channel 0 OUT  reads     0x3fc81000  owner DMA  size 4095  length 4095  "
          "suc_eof 0  buffer 0x3fc82000  next 0x3fc8100c",
          "dma   2.345678901 s  channel 0 OUT  closes    0x3fc81000  nothing written back",
          "dma   2.345678901 s  channel 0 OUT  ends      list done"));
}

TEST_F(TraceDma, ShowsWhatHardwareWroteBack) {
  trace.dma_started(2, DmaDirection::in, 0x3FC8'3000);
  trace.dma_descriptor_loaded({2, DmaDirection::in, 0x3FC8'3000, owner | 64, 0x3FC8'4000, 0});
  trace.dma_descriptor_closed({2, DmaDirection::in, 0x3FC8'3000, suc_eof | 10u << 12 | 64, 0x3FC8'4000, 0});
  EXPECT_THAT(
      lines,
      ElementsAre("dma   0.000000000 s  channel 2 IN   starts    0x3fc83000  into memory",
                  "dma   0.000000000 s  channel 2 IN   reads     0x3fc83000  owner DMA  size   64  length    "
                  "0  suc_eof 0  buffer 0x3fc84000  next none",
                  "dma   0.000000000 s  channel 2 IN   closes    0x3fc83000  writes back owner DMA -> CPU, "
                  "length 0 -> 10, suc_eof 0 -> 1"));
}

TEST_F(TraceDma, ShowsAnErrorAtTheEndOfAFrame) {
  trace.dma_descriptor_loaded({1, DmaDirection::in, 0x3FC8'3000, 64, 0x3FC8'4000, 0});
  trace.dma_descriptor_closed({1, DmaDirection::in, 0x3FC8'3000, err_eof | 64, 0x3FC8'4000, 0});
  EXPECT_THAT(lines.back(), testing::HasSubstr("writes back err_eof 0 -> 1"));
}

TEST_F(TraceDma, DoesNotCompareAcrossListsOrResets) {
  const DmaDescriptorEvent loaded{0, DmaDirection::in, 0x3FC8'3000, owner | 64, 0x3FC8'4000, 0};
  const DmaDescriptorEvent closed{0, DmaDirection::in, 0x3FC8'3000, 64, 0x3FC8'4000, 0};
  trace.dma_descriptor_loaded(loaded);
  trace.dma_ended(0, DmaDirection::in, "stopped");
  trace.dma_descriptor_closed(closed);
  EXPECT_THAT(lines.back(), testing::HasSubstr("closes    0x3fc83000  owner CPU  size   64"));
  trace.dma_descriptor_loaded(loaded);
  trace.chip_reset("watchdog");
  trace.dma_descriptor_closed(closed);
  EXPECT_THAT(lines.back(), testing::HasSubstr("owner CPU  size   64"));
}

}  // namespace
}  // namespace ferry::board
