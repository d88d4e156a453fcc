// Faults that tests put into registers and interrupt sources.
#include "board/testing/register_faults.hpp"

#include "board/board.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ferry::board {
namespace {

constexpr std::uint32_t store0 = 0x6000'8050, store1 = 0x6000'8054, gpio_out = 0x6000'4004;
constexpr std::uint32_t spi2_map = 0x600C'2000 + 4 * 19, status0 = 0x600C'20F8, eip_status = 0x600C'2110,
                        int_enable = 0x600C'2104, priority5 = 0x600C'2114 + 4 * 5;

struct RegisterFaultsTest : ::testing::Test {
  std::uint32_t load(std::uint32_t address) { return board.bus().load({address, 4, 0}).value; }
  void store(std::uint32_t address, std::uint32_t value) { board.bus().store({address, 4, 0}, value); }

  Board board{{.flash_boot = false}};
};

TEST_F(RegisterFaultsTest, ShownBitsHideWhatTheDeviceHas) {
  RegisterFaults faults(board);
  faults.show(store0, 0xFF, 0x5A);
  EXPECT_EQ(load(store0), 0x5Au);
  store(store0, 0x1234);
  EXPECT_EQ(load(store0), 0x125Au);
  EXPECT_EQ(load(store1), 0u);
  faults.heal("RTC_CNTL.STORE0");
  EXPECT_EQ(load(store0), 0x1234u) << "the store reached the device";
}

TEST_F(RegisterFaultsTest, StuckBitsReachTheDevice) {
  RegisterFaults faults(board);
  store(0x6000'4024, 1u << 3 | 1u << 8);  // ENABLE_W1TS
  faults.stick("GPIO.OUT", "DATA_ORIG", 1u << 3);
  store(gpio_out, 1u << 8);
  EXPECT_TRUE(board.pins().level(3));
  EXPECT_FALSE(board.pins().level(8));
  faults.heal();
  store(gpio_out, 1u << 8);
  EXPECT_FALSE(board.pins().level(3));
  EXPECT_TRUE(board.pins().level(8));
}

TEST_F(RegisterFaultsTest, AByteOfAWordIsTamperedWithToo) {
  RegisterFaults faults(board);
  faults.show(store0, 0xFF00, 0xAB00);
  EXPECT_EQ(board.bus().load({store0 + 1, 1, 0}).value, 0xABu);
}

TEST_F(RegisterFaultsTest, AFaultBeginsAtATime) {
  RegisterFaults faults(board);
  board.at(10 * microsecond, [&] { faults.show("RTC_CNTL.STORE0", "SCRATCH0", 7); });
  const std::byte jump_to_itself[] = {std::byte{0x6F}, std::byte{0}, std::byte{0}, std::byte{0}};
  board.load({.entry = 0x4038'0000,
              .segments = {{.address = 0x4038'0000,
                            .bytes = {std::begin(jump_to_itself), std::end(jump_to_itself)},
                            .memory_size = 4,
                            .executable = true}},
              .symbols = {}});
  board.run_until(9 * microsecond);
  EXPECT_EQ(load(store0), 0u);
  board.run_until(11 * microsecond);
  EXPECT_EQ(load(store0), 7u);
}

TEST_F(RegisterFaultsTest, AForcedSourceRaisesItsLine) {
  store(spi2_map, 5);
  store(priority5, 1);
  store(int_enable, 1u << 5);
  {
    RegisterFaults faults(board);
    faults.force(chip::InterruptSource::spi2, true);
    EXPECT_EQ(load(status0), 1u << 19);
    EXPECT_EQ(load(eip_status), 1u << 5);
    faults.release(chip::InterruptSource::spi2);
    EXPECT_EQ(load(eip_status), 0u);
    faults.force(chip::InterruptSource::spi2, true);
  }
  EXPECT_EQ(load(eip_status), 0u) << "without faults everything is well again";
}

TEST_F(RegisterFaultsTest, AForcedLowSourceIsSilent) {
  constexpr std::uint32_t from_cpu0 = 0x600C'0028, status1 = 0x600C'20FC;
  RegisterFaults faults(board);
  faults.force(chip::InterruptSource::from_cpu0, false);
  store(from_cpu0, 1);
  EXPECT_EQ(load(status1), 0u);
  faults.release(chip::InterruptSource::from_cpu0);
  EXPECT_EQ(load(status1), 1u << (50 - 32)) << "the device still asks";
}

TEST_F(RegisterFaultsTest, WhatIsNotThereIsRefused) {
  RegisterFaults faults(board);
  EXPECT_THROW(faults.show("SPI2.NOTHING", "UPDATE", 1), std::out_of_range);
  EXPECT_THROW(faults.show("SPI2.CMD", "NOTHING", 1), std::out_of_range);
  EXPECT_THROW(faults.show("SPI2.CMD", "UPDATE", 2), std::out_of_range);
  EXPECT_THROW(faults.show("SPI2.W[16]", "BUF", 0), std::out_of_range);
  EXPECT_NO_THROW(faults.show("SPI2.W[15]", "BUF", 0));
  EXPECT_THROW(faults.stick(0x6003'A000, 1, 1), std::out_of_range) << "AES";
  EXPECT_THROW(faults.stick(store0 + 1, 1, 1), std::out_of_range);
  EXPECT_THROW(faults.heal("I2C0.CTR"), std::out_of_range);
}

}  // namespace
}  // namespace ferry::board
