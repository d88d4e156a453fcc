// What a run is said to have done, and how the CPU's part in a DMA transfer is counted.
#include "board/record/summary.hpp"

#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/uart.hpp"

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
          .asleep = 4 * second,
          .instructions = 1'234'567,
          .cycles = 2'000'000,
          .interrupts = 3,
          .register_loads = 100,
          .register_stores = 50,
          .dma_bytes_in = 64'000,
          .dma_bytes_out = 64'001,
          .resets = 0,
          .dma = {.running = 5 * second, .asleep = second, .instructions = 1000, .serving_instructions = 10},
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
  summary.dma = {};
  summary.wall_seconds.reset();
  summary.resets = 1;
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

class DmaLoadTest : public testing::Test {
 protected:
  void advance(Time time, Time asleep, std::uint64_t instructions) {
    moment.time += time;
    moment.asleep += asleep;
    moment.instructions += instructions;
  }
  void access(std::uint32_t address) { meter.register_accessed({address, 0, false, 0}); }

  CpuMoment moment;
  DmaLoadMeter meter{[this] { return moment; }};
};

TEST_F(DmaLoadTest, CountsWhileAnyChannelRuns) {
  advance(100, 50, 10);
  meter.dma_started(0, DmaDirection::in, 0);
  advance(100, 20, 30);
  meter.dma_started(0, DmaDirection::out, 0);
  advance(100, 0, 30);
  meter.dma_ended(0, DmaDirection::out, "");
  advance(100, 0, 30);
  meter.dma_ended(0, DmaDirection::in, "");
  advance(1000, 500, 1000);
  meter.dma_ended(0, DmaDirection::in, "");  // said twice
  const DmaLoad load = meter.load();
  EXPECT_EQ(load.running, 300u);
  EXPECT_EQ(load.asleep, 20u);
  EXPECT_EQ(load.instructions, 90u);
  EXPECT_EQ(load.serving_instructions, 0u);
  EXPECT_DOUBLE_EQ(load.free_share(), 1.0);
}

TEST_F(DmaLoadTest, CountsUpToNow) {
  meter.dma_started(1, DmaDirection::in, 0);
  advance(100, 20, 30);
  EXPECT_EQ(meter.load().running, 100u);
  advance(100, 20, 30);
  EXPECT_EQ(meter.load().running, 200u);
  meter.chip_reset("watchdog");
  advance(100, 20, 30);
  EXPECT_EQ(meter.load().running, 200u);
}

TEST_F(DmaLoadTest, APollingCpuIsNotFree) {
  meter.dma_started(0, DmaDirection::in, 0);
  for (int poll = 0; poll < 100; ++poll) {
    advance(10, 0, 4);
    access(chip::dma::base);
  }
  EXPECT_DOUBLE_EQ(meter.load().free_share(), 0.0);
}

TEST_F(DmaLoadTest, ACpuThatLooksNowAndThenIsFree) {
  meter.dma_started(0, DmaDirection::in, 0);
  for (int round = 0; round < 100; ++round) {
    advance(1000, 0, 1600);
    access(chip::spi2::base + 4);
    access(chip::uart::base_0);  // printing is work of its own
  }
  EXPECT_DOUBLE_EQ(meter.load().free_share(), 0.99);
}

TEST_F(DmaLoadTest, ASleepingCpuIsFree) {
  meter.dma_started(0, DmaDirection::in, 0);
  advance(1000, 900, 10);
  access(chip::dma::base);
  EXPECT_DOUBLE_EQ(meter.load().free_share(), 0.9);
}

}  // namespace
}  // namespace ferry::board
