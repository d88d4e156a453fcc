// What a run is said to have done.
#include "board/record/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ferry::board {
namespace {

RunSummary example() {
  return {.ended = "exited",
          .explanation = "the firmware exited with code 0",
          .exit_status = 0,
          .firmware_exit_code = 0,
          .simulated = 10 * second,
          .counters = {.instructions = 1'234'567,
                       .cycles = 2'000'000,
                       .idle = 4 * second,
                       .register_loads = 100,
                       .register_stores = 50,
                       .dma_bytes_in = 64'000,
                       .dma_bytes_out = 64'001,
                       .interrupts = 3,
                       .resets = 0,
                       .dma_time = 5 * second,
                       .dma_cpu_idle = second,
                       .dma_register_cycles = 10,
                       .dma_cycles = 1000},
          .wall_seconds = 2.0};
}

TEST(Summary, ReadsWell) {
  EXPECT_EQ(summary_text(example()),
            "the firmware exited with code 0\n"
            "  simulated time      10 s\n"
            "  wall time           2.00 s (5.0 times real time)\n"
            "  instructions        1 234 567\n"
            "  moved by DMA        64 001 bytes out of memory, 64 000 bytes into memory\n"
            "  CPU while DMA ran   99.20 % free: 20.00 % asleep, 79.20 % at other work; DMA ran 5 s\n"
            "  CPU overall         40.00 % asleep, 60.00 % at work");
}

TEST(Summary, LeavesOutWhatDidNotHappen) {
  RunSummary summary = example();
  summary.counters.dma_time = 0;
  summary.wall_seconds.reset();
  summary.counters.resets = 1;
  const std::string text = summary_text(summary);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("while DMA ran")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("wall")));
  EXPECT_THAT(text, testing::HasSubstr("\n  chip resets         1"));
  EXPECT_THAT(summary_text(RunSummary{}), testing::HasSubstr("simulated time      0 s"));
}

TEST(Summary, IsJson) {
  const auto json = nlohmann::json::parse(summary_json(example()));
  EXPECT_EQ(json["ended"], "exited");
  EXPECT_EQ(json["exit_status"], 0);
  EXPECT_EQ(json["firmware_exit_code"], 0);
  EXPECT_EQ(json["simulated_ps"], 10 * second);
  EXPECT_EQ(json["cpu"]["instructions"], 1'234'567);
  EXPECT_EQ(json["cpu"]["register_stores"], 50);
  EXPECT_EQ(json["dma"]["bytes_out"], 64'001);
  EXPECT_EQ(json["dma"]["running_ps"], 5 * second);
  EXPECT_DOUBLE_EQ(json["dma"]["cpu_free_percent"], 99.2);
  EXPECT_EQ(json["wall_seconds"], 2.0);
}

TEST(Summary, SurvivesAnythingInJson) {
  RunSummary summary = example();
  summary.wall_seconds.reset();
  summary.firmware_exit_code.reset();
  summary.explanation = "\xff \" \n";
  const auto json = nlohmann::json::parse(summary_json(summary));
  EXPECT_FALSE(json.contains("wall_seconds"));
  EXPECT_TRUE(json["firmware_exit_code"].is_null());
}

TEST(CpuDuringDma, IsFreeUnlessItServesTheTransfer) {
  const auto free = [](Time asleep, std::uint64_t cycles, std::uint64_t register_cycles) {
    return *cpu_free_during_dma({.dma_time = 1000,
                                 .dma_cpu_idle = asleep,
                                 .dma_register_cycles = register_cycles,
                                 .dma_cycles = cycles});
  };
  EXPECT_DOUBLE_EQ(free(0, 100, 100), 0.0);
  EXPECT_DOUBLE_EQ(free(0, 100, 1), 0.99);
  EXPECT_DOUBLE_EQ(free(500, 100, 100), 0.5);
  EXPECT_DOUBLE_EQ(free(1000, 0, 0), 1.0);
}

TEST(CpuDuringDma, IsUnknownWithoutDma) { EXPECT_FALSE(cpu_free_during_dma(Counters{}).has_value()); }

}  // namespace
}  // namespace ferry::board
