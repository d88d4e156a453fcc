#include "board/devices/io_mux/io_mux.hpp"

#include "board/devices/gpio/gpio.hpp"
#include "tests/board/peripheral_rig.hpp"

namespace ferry::board {
namespace {

constexpr std::uint32_t pad(unsigned pin) { return 0x04 + 4 * pin; }
// FUN_WPD 7, FUN_WPU 8, FUN_IE 9, FUN_DRV 11:10, MCU_SEL 14:12.
constexpr std::uint32_t pull_down = 1 << 7, pull_up = 1 << 8, input_on = 1 << 9;
constexpr std::uint32_t function(unsigned code) { return code << 12; }

struct IoMuxTest : ::testing::Test, Bench {
  Pins pins{observers};
  Routing routing{pins};
  IoMux io_mux{routing, observers};
  Gpio gpio{pins, routing, lines, observers};
};

// The manual's table 5.12-1: drive strength 2 but for the USB pads, input and pull by pin.
TEST_F(IoMuxTest, ResetValuesPerPin) {
  constexpr std::uint32_t input_off = 0x800, input = 0xA00, input_pulled_up = 0xB00, pulled_up = 0x900,
                          usb = 0xC00;
  std::vector<Word> words{{0x00, 0x7FF}, {0xFC, 0x2006050}};
  const auto set = [&](std::initializer_list<unsigned> pads, std::uint32_t value) {
    for (const unsigned pin : pads) words.emplace_back(pad(pin), value);
  };
  set({0, 1, 11}, input_off);
  set({2, 3, 4, 5, 6, 7, 8, 10}, input);
  set({9, 12, 13, 14, 15, 16, 17, 20}, input_pulled_up);
  set({18, 19}, usb);
  set({21}, pulled_up);
  expect_registers(io_mux, words);
}

TEST_F(IoMuxTest, PullsAfterReset) {
  for (unsigned pin = 0; pin < 22; ++pin) {
    const bool up = pin == 9 || (pin >= 12 && pin <= 17) || pin == 20;
    if (pin == 21) continue;  // U0TXD drives it
    EXPECT_EQ(pins.level(pin), up) << pin;
  }
}

TEST_F(IoMuxTest, PullsFollowTheRegister) {
  io_mux.write(pad(3), pull_up);
  EXPECT_TRUE(pins.level(3));
  io_mux.write(pad(3), pull_down);
  EXPECT_FALSE(pins.level(3));
  io_mux.write(pad(3), pull_up | pull_down);
  EXPECT_FALSE(pins.level(3)) << "both at once read as low";
}

TEST_F(IoMuxTest, UnusedBitsStayZero) {
  io_mux.write(pad(3), 0xFFFF'FFFF);
  EXPECT_EQ(io_mux.read(pad(3)), 0xFF9Fu);
}

TEST_F(IoMuxTest, FspiReachesItsOwnPads) {
  const struct {
    unsigned pin;
    std::uint32_t signal;
  } pads[] = {{2, 64}, {4, 66}, {5, 67}, {6, 63}, {7, 65}, {10, 68}};
  for (const auto& [pin, signal] : pads) {
    io_mux.write(pad(pin), function(2));
    pins.drive(signal, true);
    EXPECT_TRUE(pins.level(pin)) << pin;
    pins.enable_output(signal, false);
    EXPECT_FALSE(pins.level(pin)) << pin << ": the peripheral lets go";
  }
}

TEST_F(IoMuxTest, Uart0IsOnItsPadsAfterReset) {
  pins.drive(6, true);
  EXPECT_TRUE(pins.level(21)) << "function 0 of GPIO21 is U0TXD";
  pins.drive_from_outside(20, false);
  EXPECT_FALSE(pins.input(6)) << "function 0 of GPIO20 is U0RXD";
  pins.drive_from_outside(20, true);
  EXPECT_TRUE(pins.input(6));
}

TEST_F(IoMuxTest, JtagAndFlashPadsDriveNothing) {
  for (const unsigned pin : {4u, 5u, 6u, 7u, 12u, 17u}) {
    gpio.write(0x08, 1u << pin);
    gpio.write(0x24, 1u << pin);
    io_mux.write(pad(pin), function(0));
    EXPECT_FALSE(pins.level(pin)) << pin;
    io_mux.write(pad(pin), function(1));
    EXPECT_TRUE(pins.level(pin)) << pin;
  }
}

TEST_F(IoMuxTest, FunctionZeroOfAPlainPadIsTheMatrix) {
  gpio.write(0x08, 1u << 3);
  gpio.write(0x24, 1u << 3);
  EXPECT_TRUE(pins.level(3));
  io_mux.write(pad(3), function(2) | input_on);
  EXPECT_FALSE(pins.level(3)) << "the table leaves function 2 of GPIO3 empty";
}

}  // namespace
}  // namespace ferry::board
