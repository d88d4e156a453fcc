// Pins and wires as users write them.
#include "board/image/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Pin, IsNamedOrNumbered) {
  EXPECT_EQ(parse_pin("GPIO0"), 0u);
  EXPECT_EQ(parse_pin("GPIO21"), 21u);
  EXPECT_EQ(parse_pin("gpio4"), 4u);
  EXPECT_EQ(parse_pin("4"), 4u);
  EXPECT_EQ(pin_name(7), "GPIO7");
}

TEST(Pin, MustExist) {
  EXPECT_EQ(parse_pin("GPIO22").error(), "there is no pin \"GPIO22\"; the ESP32-C3 has GPIO0 to GPIO21");
  EXPECT_THAT(parse_pin("GPIO99999999999999999999").error(), HasSubstr("there is no pin"));
}

TEST(Pin, MustBeAPin) {
  for (const char* text : {"", "GPIO", "GPIO-1", "GPIO4 ", " 4", "MISO", "4x", "GPI4", "GPIO4\n", "+4"}) {
    EXPECT_THAT(parse_pin(text).error(), HasSubstr("is not a pin")) << text;
  }
  EXPECT_THAT(parse_pin("a\nb").error(), HasSubstr("\"a\\x0ab\""));
}

TEST(Wire, JoinsTwoPins) {
  EXPECT_EQ(parse_wire("GPIO4:GPIO2"), (Wire{4, 2}));
  EXPECT_EQ(parse_wire("4:gpio2"), (Wire{4, 2}));
}

TEST(Wire, NeedsTwoDifferentPins) {
  EXPECT_THAT(parse_wire("GPIO4").error(), HasSubstr("a wire is written GPIO4:GPIO2"));
  EXPECT_THAT(parse_wire("GPIO4:").error(), HasSubstr("\"\" is not a pin"));
  EXPECT_THAT(parse_wire("GPIO4:GPIO2:GPIO3").error(), HasSubstr("\"GPIO2:GPIO3\" is not a pin"));
  EXPECT_THAT(parse_wire("GPIO4:GPIO40").error(), HasSubstr("there is no pin \"GPIO40\""));
  EXPECT_THAT(parse_wire("GPIO40:GPIO4").error(), HasSubstr("there is no pin \"GPIO40\""));
  EXPECT_THAT(parse_wire("GPIO4:4").error(), HasSubstr("joins a pin with itself"));
}

TEST(PinList, IsInOrderWithoutRepetition) {
  EXPECT_THAT(*parse_pin_list("GPIO5,2,gpio4,GPIO2"), ElementsAre(2u, 4u, 5u));
  EXPECT_THAT(*parse_pin_list("0"), ElementsAre(0u));
}

TEST(PinList, NamesTheWrongOne) {
  EXPECT_THAT(parse_pin_list("GPIO5,GPIO55").error(), HasSubstr("\"GPIO55\""));
  EXPECT_THAT(parse_pin_list("").error(), HasSubstr("is not a pin"));
  EXPECT_THAT(parse_pin_list("GPIO5,").error(), HasSubstr("is not a pin"));
}

}  // namespace
}  // namespace ferry::board
