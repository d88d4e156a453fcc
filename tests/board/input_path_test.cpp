// Filters and synchronisers between pads and the GPIO matrix.
#include "board/pins/input_path.hpp"

#include "board/devices/gpio/gpio.hpp"
#include "board/devices/io_mux/io_mux.hpp"
#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

// Offsets and bits from the manual, chapter 5.
constexpr std::uint32_t in = 0x3C, status = 0x44;
constexpr std::uint32_t pin_register(unsigned pin) { return 0x74 + 4 * pin; }
constexpr std::uint32_t in_select(unsigned signal) { return 0x154 + 4 * signal; }
constexpr std::uint32_t mux(unsigned pin) { return 0x04 + 4 * pin; }
constexpr std::uint32_t second_stage(unsigned edge) { return edge; }
constexpr std::uint32_t first_stage(unsigned edge) { return edge << 3; }
constexpr unsigned falling_edge = 1, rising_edge = 2;
constexpr std::uint32_t from_matrix = 1 << 6, fun_ie = 1 << 9, function_gpio = 1 << 12,
                        function_fspi = 2 << 12, filter_en = 1 << 15, rising_interrupt = 1 << 7,
                        to_cpu = 1 << 13;
constexpr std::uint32_t fspiq = 64;
constexpr unsigned gpio_source = 16;
// After reset APB has 20 MHz: rising edges at multiples of 50 ns, falling ones between them.
constexpr Time period = 50 * nanosecond;

struct InputPathTest : ::testing::Test, Bench {
  InputPathTest() {
    routing.set_input_path(path);
    io_mux.write(mux(2), function_gpio | fun_ie);
    gpio.write(in_select(fspiq), from_matrix | 2);
  }
  void drive_at(Time when, bool level) {
    run_until(when);
    pins.drive_from_outside(2, level);
  }
  // GPIO_IN's bit and the matrix' input are the same thing.
  bool seen() {
    EXPECT_EQ((gpio.read(in) >> 2 & 1) != 0, pins.input(fspiq));
    return pins.input(fspiq);
  }
  void expect_change_at(Time when, bool level) {
    run_until(when - 1);
    EXPECT_NE(seen(), level);
    run_until(when);
    EXPECT_EQ(seen(), level);
  }

  Pins pins{observers};
  Routing routing{pins};
  InputPath path{timeline, clocks, pins};
  IoMux io_mux{routing, observers};
  Gpio gpio{pins, routing, lines, observers};
};

TEST_F(InputPathTest, AfterResetNothingIsDelayed) {
  drive_at(60 * nanosecond, true);
  EXPECT_TRUE(seen());
}

TEST_F(InputPathTest, OneStageTakesTheNextEdge) {
  gpio.write(pin_register(2), first_stage(rising_edge));
  drive_at(60 * nanosecond, true);
  expect_change_at(100 * nanosecond, true);
  gpio.write(pin_register(2), second_stage(falling_edge));
  drive_at(160 * nanosecond, false);
  expect_change_at(175 * nanosecond, false);
}

TEST_F(InputPathTest, TwoStagesTakeTwoEdges) {
  gpio.write(pin_register(2), first_stage(rising_edge) | second_stage(rising_edge));
  drive_at(60 * nanosecond, true);
  expect_change_at(150 * nanosecond, true);
  gpio.write(pin_register(2), first_stage(falling_edge) | second_stage(3));
  drive_at(210 * nanosecond, false);
  expect_change_at(250 * nanosecond, false);
}

TEST_F(InputPathTest, ALevelThatComesWithTheEdgeWaitsForTheNextOne) {
  gpio.write(pin_register(2), first_stage(rising_edge));
  drive_at(100 * nanosecond, true);
  expect_change_at(150 * nanosecond, true);
}

TEST_F(InputPathTest, APulseBetweenTwoEdgesIsNotSeen) {
  gpio.write(pin_register(2),
             first_stage(rising_edge) | second_stage(rising_edge) | rising_interrupt | to_cpu);
  drive_at(60 * nanosecond, true);
  drive_at(90 * nanosecond, false);
  run_until(10 * period);
  EXPECT_EQ(gpio.read(status), 0u);
  drive_at(10 * period + 1, true);
  run_until(12 * period - 1);
  EXPECT_FALSE(lines[gpio_source]);
  run_until(12 * period);
  EXPECT_TRUE(lines[gpio_source]) << "the interrupt comes with what GPIO_IN shows";
}

TEST_F(InputPathTest, TheFilterDropsPulsesOfTwoCycles) {
  io_mux.write(mux(2), function_gpio | fun_ie | filter_en);
  drive_at(60 * nanosecond, true);
  drive_at(60 * nanosecond + 2 * period - 1, false);
  run_until(10 * period);
  EXPECT_FALSE(seen());
  drive_at(10 * period, true);
  expect_change_at(12 * period, true);
  drive_at(20 * period, false);
  expect_change_at(22 * period, false);
}

TEST_F(InputPathTest, WhatIoMuxConnectsDirectlyIsNotDelayed) {
  gpio.write(pin_register(2), first_stage(rising_edge) | second_stage(rising_edge));
  pins.enable_output(fspiq, false);
  io_mux.write(mux(2), function_fspi | fun_ie);
  gpio.write(in_select(fspiq), 0);
  drive_at(60 * nanosecond, true);
  EXPECT_TRUE(pins.input(fspiq));
  EXPECT_EQ(gpio.read(in) >> 2 & 1, 0u);
  run_until(150 * nanosecond);
  EXPECT_EQ(gpio.read(in) >> 2 & 1, 1u);
}

TEST_F(InputPathTest, TakingThePathAwayShowsThePad) {
  gpio.write(pin_register(2), first_stage(rising_edge) | second_stage(rising_edge));
  drive_at(60 * nanosecond, true);
  gpio.write(pin_register(2), 0);
  EXPECT_TRUE(seen());
  gpio.write(pin_register(2), first_stage(rising_edge));
  EXPECT_TRUE(seen());
  drive_at(110 * nanosecond, false);
  gpio.reset();
  EXPECT_FALSE(pins.input(fspiq));
}

TEST_F(InputPathTest, AFasterClockShortensIt) {
  clocks.set_cpu_and_apb(6'250, 12'500);
  gpio.write(pin_register(2), first_stage(rising_edge) | second_stage(rising_edge));
  drive_at(60 * nanosecond, true);
  expect_change_at(75 * nanosecond, true);
}

}  // namespace
}  // namespace ferry::board
