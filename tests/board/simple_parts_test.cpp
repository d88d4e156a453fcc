// Button, LED, attributes, and parts as a diagram has them.
#include "board/parts/led.hpp"
#include "board/parts/push_button.hpp"
#include "tests/board/parts_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class SimpleParts : public PartsRig {
 protected:
  // A button between GPIO4, pulled up, and ground; the times at which the pin changes.
  PushButton& button_on_gpio4(const Attributes& attributes = {}) {
    auto& button = place<PushButton>("b", attributes);
    connect("b:1.l", "GPIO4");
    connect("b:2.r", "GND");
    pull(4, Pull::up);
    pins.listen_pad(4, [this](bool) { changes.push_back(timeline.now() / microsecond); });
    circuit.start();
    return button;
  }
  std::vector<Time> changes;
};

TEST_F(SimpleParts, AButtonIsPressedByHand) {
  PushButton& button = button_on_gpio4();
  EXPECT_TRUE(pins.level(4));
  button.press();
  EXPECT_FALSE(pins.level(4));
  button.press();
  button.release();
  EXPECT_TRUE(pins.level(4));
  button.release();
  EXPECT_EQ(button.times_pressed(), 1u);
  EXPECT_EQ(button.summary(), "pressed 1 time");
}

TEST_F(SimpleParts, AButtonFollowsItsScript) {
  PushButton& button = button_on_gpio4({{"press", "10ms:2ms, 20ms:1ms"}, {"color", "red"}});
  button.press_at({15 * millisecond, millisecond});
  button.press_at({11 * millisecond, 3 * millisecond});  // while it is down: it stays so for longer
  run(second);
  EXPECT_THAT(changes, ElementsAre(10'000, 14'000, 15'000, 16'000, 20'000, 21'000));
  EXPECT_EQ(button.times_pressed(), 3u);
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(SimpleParts, AButtonBouncesAlwaysInTheSameWay) {
  button_on_gpio4({{"press", "10ms:50ms"}, {"bounce", "1"}});
  run(20 * millisecond);
  EXPECT_THAT(changes, ElementsAre(10'000, 10'040, 10'120, 10'250, 10'420, 10'700, 11'000));
  EXPECT_FALSE(pins.level(4));
  run(50 * millisecond);
  EXPECT_EQ(changes.size(), 14u);
  EXPECT_TRUE(pins.level(4));
}

TEST_F(SimpleParts, AButtonSaysWhatIsWrong) {
  EXPECT_EQ(refusal<PushButton>({{"press", "1s"}}),
            "part0 (test): attribute \"press\": \"1s\" is not of the form TIME:LENGTH, as in 1s:200ms");
  EXPECT_THAT(refusal<PushButton>({{"press", "1s:x"}}), HasSubstr("attribute \"press\": "));
  EXPECT_THAT(refusal<PushButton>({{"press", "1s:0s"}}), HasSubstr("lasts no time"));
  EXPECT_THAT(refusal<PushButton>({{"bounce", "high"}}), HasSubstr("attribute \"bounce\": "));
}

TEST_F(SimpleParts, AnLedCountsAndAddsUp) {
  Led& led = place<Led>("led");
  std::vector<bool> seen;
  led.on_change([&](bool lit) { seen.push_back(lit); });
  connect("led:A", "GPIO4");
  connect("led:C", "GND");
  circuit.start();
  EXPECT_EQ(led.summary(), "dark throughout");
  for (int i = 0; i < 3; ++i) {
    drive(4, true);
    run(2 * millisecond);
    drive(4, false);
    run(5 * millisecond);
  }
  EXPECT_FALSE(led.lit());
  EXPECT_EQ(led.times_lit(), 3u);
  EXPECT_EQ(led.time_lit(), 6 * millisecond);
  EXPECT_THAT(seen, ElementsAre(true, false, true, false, true, false));
  EXPECT_EQ(led.summary(), "lit 3 times, 6 ms in all, dark at the end");
  circuit.power_cycle();
  EXPECT_EQ(led.times_lit(), 0u);
}

// Between 3.3 V and the pad, with a resistor: lit while the pad is low, and not while it is an input.
TEST_F(SimpleParts, AnLedToPowerIsDarkWhileThePadIsAnInput) {
  Led& led = place<Led>("led");
  connect("led:A", "3V3");
  connect("led:C", "GPIO4");
  circuit.start();
  EXPECT_FALSE(led.lit());
  drive(4, false);
  EXPECT_TRUE(led.lit());
  release(4);
  EXPECT_FALSE(led.lit());
}

TEST_F(SimpleParts, AnLedNeedsBothEnds) {
  Led& led = place<Led>("led");
  connect("led:A", "3V3");
  circuit.start();
  EXPECT_FALSE(led.lit());
}

TEST_F(SimpleParts, AttributesAreChecked) {
  const Attributes attributes(
      {{"size", "64K"}, {"count", "0x10"}, {"word", "on"}, {"time", "2ms"}, {"yes", "1"}, {"file", "a/b"}});
  EXPECT_EQ(attributes.size("size", 0, 0, 1 << 20), 65'536u);
  EXPECT_EQ(attributes.number("count", 0, 0, 16), 16u);
  EXPECT_EQ(attributes.choice("word", {"off", "on"}), 1u);
  EXPECT_EQ(attributes.time("time", 0), 2 * millisecond);
  EXPECT_TRUE(attributes.flag("yes"));
  EXPECT_EQ(attributes.number("none", 7, 0, 9), 7u);
  EXPECT_THROW(attributes.number("count", 0, 0, 15), BadPart);
  EXPECT_THROW(attributes.number("word", 0, 0, 15), BadPart);
  EXPECT_THROW(attributes.size("size", 0, 0, 65'535), BadPart);
  EXPECT_THROW(attributes.choice("yes", {"off", "on"}), BadPart);
  EXPECT_THROW(attributes.flag("word"), BadPart);
  EXPECT_THROW(attributes.time("word", 0), BadPart);
  EXPECT_THAT(attributes.unread(), ElementsAre("file"));
  EXPECT_EQ(Attributes({{"file", "b"}}, "/a").file("file"), "/a/b");
}

class BuildTest : public PartsRig {
 protected:
  // The note about what was left out, or "" or what is wrong.
  std::string build_text(const std::string& parts, const std::string& connections) {
    const auto diagram = parse_diagram(R"({"parts": [{"type": "board-esp32-c3-devkitm-1", "id": "esp"}, )" +
                                       parts + R"(], "connections": [)" + connections + "]}");
    if (!diagram) return diagram.error();
    const auto ignored = build(circuit, *diagram, PartTypes::built_in(), {});
    if (!ignored) return ignored.error();
    circuit.start();
    return ignored->value_or("");
  }
  static constexpr const char* led = R"({"type": "wokwi-led", "id": "led1", "attrs": {"color": "red"}})";
};

TEST_F(BuildTest, MakesPartsOfADiagram) {
  EXPECT_EQ(
      build_text(std::string(led) + R"(, {"type": "wokwi-resistor", "id": "r1", "attrs": {"value": "220"}},
              {"type": "wokwi-pushbutton", "id": "b1", "attrs": {"press": "1ms:1ms"}})",
                 R"(["esp:4", "r1:1", "", []], ["r1:2", "led1:A", "", []], ["led1:C", "esp:GND.2", "", []],
              ["b1:1.l", "esp:5", "", []], ["b1:2.l", "esp:3V3", "", []], ["esp:7", "esp:GND.1", "", []],
              ["esp:8", "esp:9", "", []])"),
      "");
  drive(4, true);
  EXPECT_TRUE(dynamic_cast<Led&>(*circuit.find("led1")).lit());
  EXPECT_FALSE(pins.level(5));
  run(millisecond);
  EXPECT_TRUE(pins.level(5));
  drive(8, true);
  EXPECT_TRUE(pins.level(9));
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(BuildTest, LeavesOutWhatItDoesNotKnow) {
  EXPECT_THAT(build_text(std::string(led) + R"(, {"type": "wokwi-logic-analyzer", "id": "logic1"})",
                         R"(["esp:4", "logic1:D0"], ["esp:4", "led1:A"], ["esp:4", "esp:RST"])"),
              testing::MatchesRegex("parts that the board does not model, with their connections: logic1 "
                                    "\\(wokwi-logic-analyzer\\); it has .*wokwi-led.*; connection 3 .the pin "
                                    "leads nowhere on this board."));
  EXPECT_NE(circuit.find("led1"), nullptr);
}

TEST_F(BuildTest, SaysWhereADiagramIsWrong) {
  EXPECT_EQ(build_text(led, R"(["esp:4", "esp:2"], ["esp:4", "led1:B"])"),
            "connection 2: led1 (wokwi-led) has no terminal \"B\"; it has A, C");
  EXPECT_THAT(build_text(R"({"type": "wokwi-pushbutton", "id": "b1", "attrs": {"press": 7}})", ""),
              StartsWith("b1 (wokwi-pushbutton): attribute \"press\": "));
}

TEST_F(BuildTest, SaysWhereADiagramIsAShortCircuit) {
  EXPECT_EQ(build_text(led, R"(["esp:GND.1", "led1:A"], ["esp:3V3.1", "led1:A"])"),
            "connection 2: short circuit: it joins GND and 3V3");
}

}  // namespace
}  // namespace ferry::board
