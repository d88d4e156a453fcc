// A part of one's own in a diagram: the exercise's bytes end up in a 74HC595, whose outputs light LEDs.
#include "shift_register.hpp"

#include <board/parts/led.hpp>
#include <board/testing/test_board.hpp>
#include <gtest/gtest.h>

namespace {

using ferry::board::Led;
using ferry::board::PartTypes;
using ferry::board::second;
using ferry::board::TestBoard;

TEST(ShiftRegister, ShowsTheLastByteWhenChipSelectRises) {
  auto types = PartTypes::built_in();
  types.add<ShiftRegister>("wokwi-74hc595");
  TestBoard test(FIRMWARE);
  test.load_diagram(DIAGRAM, types);

  ASSERT_TRUE(test.run_until_text("Received", 10 * second)) << test.describe();
  EXPECT_EQ(test.part<ShiftRegister>("register1").stored(), 0x42);
  EXPECT_FALSE(test.part<Led>("led0").lit());
  EXPECT_TRUE(test.part<Led>("led1").lit());
  EXPECT_EQ(test.part<Led>("led1").times_lit(), 1u);
}

TEST(ShiftRegister, WorksWithoutADiagramToo) {
  TestBoard test(FIRMWARE);
  auto& shift_register = test.place<ShiftRegister>("register1");
  test.connect("register1:DS", "GPIO4");
  test.connect("register1:SHCP", "GPIO0");
  test.connect("register1:STCP", "GPIO5");
  ASSERT_TRUE(test.run_until_text("Received", 10 * second)) << test.describe();
  EXPECT_EQ(shift_register.stored(), 0x42);
}

}  // namespace
