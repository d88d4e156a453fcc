// wokwi's diagram.json: what becomes a wire, what is ignored aloud, what is refused.
#include "board/image/diagram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

// A diagram with an ESP32-C3-DevKitM-1 called "esp", perhaps more parts, and these connections.
std::string diagram_text(const std::string& connections, const std::string& more_parts = "",
                         const std::string& type = "board-esp32-c3-devkitm-1") {
  return R"({"version": 1, "author": "a", "editor": "wokwi",
    "parts": [{"type": ")" +
         type + R"(", "id": "esp", "top": 0, "left": 0, "attrs": {}})" + more_parts + R"(],
    "connections": [)" +
         connections + R"(], "dependencies": {}})";
}

Diagram diagram(const std::string& text) {
  const auto result = parse_diagram(text);
  EXPECT_TRUE(result.has_value()) << result.error();
  return result.value_or(Diagram{});
}

std::string error(const std::string& text) {
  const auto result = parse_diagram(text);
  if (result) return "no error";
  EXPECT_EQ(result.error().find('\n'), std::string::npos);
  return result.error();
}

TEST(Diagram, JoinsPins) {
  const Diagram result =
      diagram(diagram_text(R"(["esp:4", "esp:2", "green", []], ["esp:GPIO5", "esp:IO6", "", ["v0"]])"));
  EXPECT_THAT(result.wires, ElementsAre(Wire{4, 2}, Wire{5, 6}));
  EXPECT_THAT(result.ties, IsEmpty());
  EXPECT_FALSE(result.ignored.has_value());
}

TEST(Diagram, KnowsTheBoardsOtherNames) {
  const Diagram result = diagram(diagram_text(
      R"(["esp:TX", "esp:RX", "green", []], ["esp:8.1", "esp:8.2", "", []])", "", "board-esp32-c3-rust-1"));
  EXPECT_THAT(result.wires, ElementsAre(Wire{21, 20}));
}

TEST(Diagram, KnowsXiaoNumbers) {
  EXPECT_THAT(diagram(diagram_text(R"(["esp:D0", "esp:D10", "", []])", "", "board-xiao-esp32-c3")).wires,
              ElementsAre(Wire{2, 10}));
  EXPECT_THAT(error(diagram_text(R"(["esp:D0", "esp:D11", "", []])", "", "board-xiao-esp32-c3")),
              HasSubstr("no pin \"D11\""));
  EXPECT_THAT(error(diagram_text(R"(["esp:D0", "esp:4", "", []])")), HasSubstr("no pin \"D0\""));
}

TEST(Diagram, TiesPinsToSupplies) {
  const Diagram result =
      diagram(diagram_text(R"(["esp:4", "esp:GND.2", "black", []], ["esp:3V3.1", "esp:5", "red", []])"));
  EXPECT_THAT(result.wires, IsEmpty());
  EXPECT_THAT(result.ties, ElementsAre(Tie{4, false}, Tie{5, true}));
}

TEST(Diagram, TakesTheTerminalForGranted) {
  const Diagram result = diagram(
      diagram_text(R"(["esp:TX", "$serialMonitor:RX", "", []], ["$serialMonitor:TX", "esp:RX", "", []])"));
  EXPECT_FALSE(result.ignored.has_value());
  EXPECT_THAT(result.wires, IsEmpty());
}

TEST(Diagram, ListsPartsAndWhatLeadsToThem) {
  const Diagram result = diagram(diagram_text(
      R"(["esp:4", "r1:1", "", []], ["r1:2", "led1:A", "", []], ["led1:C", "esp:GND.1", "", []],
         ["esp:5V", "led1:X", "", []], ["esp:4", "esp:2", "", []])",
      R"(, {"type": "wokwi-led", "id": "led1", "attrs": {"color": "red", "flip": true, "at": 7}},
           {"type": "wokwi-resistor", "id": "r1"})"));
  EXPECT_THAT(result.wires, ElementsAre(Wire{4, 2}));
  ASSERT_EQ(result.parts.size(), 2u);
  EXPECT_EQ(result.parts[0].id, "led1");
  EXPECT_EQ(result.parts[0].type, "wokwi-led");
  EXPECT_THAT(result.parts[0].attributes,
              ElementsAre(Pair("at", "7"), Pair("color", "red"), Pair("flip", "true")));
  ASSERT_EQ(result.connections.size(), 4u);
  EXPECT_EQ(result.connections[0].a, Point(4u));
  EXPECT_EQ(result.connections[0].b, Point(TerminalName{"r1", "1"}));
  EXPECT_EQ(result.connections[2].b, Point(Supply::ground));
  EXPECT_EQ(result.connections[3].a, Point(Supply::power));
  EXPECT_EQ(result.connections[3].name, "connection 4");
  EXPECT_FALSE(result.ignored.has_value());
}

TEST(Diagram, NamesWhatItIgnores) {
  EXPECT_EQ(diagram(diagram_text(R"(["esp:4", "esp:RST", "", []], ["esp:4", "$serialMonitor:RX", "", []],
                                    ["esp:4", "esp:5V"], ["b1:1.l", "esp:EN"], ["esp:GND.1", "esp:GND.2"])",
                                 R"(, {"type": "wokwi-pushbutton", "id": "b1"})"))
                .ignored,
            "connection 1 (the pin leads nowhere on this board); "
            "connection 2 (only the board's TX and RX lead to the serial monitor); "
            "connection 3 (the chip's pins do not stand 5 V); "
            "connection 4 (the pin leads nowhere on this board); connection 5 (it joins two supply pins)");
}

TEST(Diagram, RefusesSuppliesThatAreJoined) {
  EXPECT_EQ(error(diagram_text(R"(["esp:GND.1", "esp:3V3.1"])")),
            "connection 1: short circuit: it joins GND and 3V3");
  EXPECT_EQ(error(diagram_text(R"(["esp:4", "esp:2"], ["esp:5V", "esp:GND.2"])")),
            "connection 2: short circuit: it joins GND and 5V");
}

TEST(Diagram, HasBounds) {
  std::string parts, connections = R"(["esp:4", "esp:2"])";
  for (int i = 0; i < 101; ++i) parts += R"(, {"type": "wokwi-led", "id": "led)" + std::to_string(i) + "\"}";
  EXPECT_EQ(error(diagram_text("", parts)), "more than 100 parts");
  for (int i = 0; i < 2000; ++i) connections += R"(, ["esp:4", "esp:2"])";
  EXPECT_EQ(error(diagram_text(connections)), "more than 2000 connections");
}

TEST(Diagram, ChecksAttributes) {
  EXPECT_EQ(error(diagram_text("", R"(, {"type": "x", "id": "a", "attrs": {"b": []}})")),
            "a: attribute \"b\" is neither text nor a number nor a truth value");
  EXPECT_EQ(error(diagram_text("", R"(, {"type": "x", "id": "a", "attrs": 7})")),
            "a: \"attrs\" is not an object");
}

TEST(Diagram, NeedsNoConnections) {
  EXPECT_THAT(diagram(R"({"parts": [{"type": "board-esp32-c3-devkitm-1", "id": "esp"}]})").wires, IsEmpty());
}

TEST(Diagram, MayHoldComments) {
  EXPECT_THAT(diagram(diagram_text("/* the wire */ [\"esp:4\", \"esp:2\"]")).wires, ElementsAre(Wire{4, 2}));
}

TEST(Diagram, MustBeJson) {
  EXPECT_THAT(error("wire 4 to 2"), StartsWith("not JSON: parse error at line 1, column 1"));
  EXPECT_THAT(error(""), StartsWith("not JSON"));
  EXPECT_THAT(error("{\n\"parts\":\n"), StartsWith("not JSON: parse error at line 3"));
  EXPECT_THAT(error(std::string("\x7f\x45LF\x01\x00\xff", 7)), StartsWith("not JSON"));
  EXPECT_THAT(error(std::string(100'000, '[')), StartsWith("not JSON"));
  EXPECT_THAT(error(R"({"version": 1E999})"), StartsWith("not JSON: number overflow"));
}

TEST(Diagram, MustBeADiagram) {
  EXPECT_THAT(error("[]"), StartsWith("not a wokwi diagram"));
  EXPECT_THAT(error("4"), StartsWith("not a wokwi diagram"));
  EXPECT_THAT(error("{}"), StartsWith("not a wokwi diagram"));
  EXPECT_THAT(error(R"({"parts": {}})"), StartsWith("not a wokwi diagram"));
  EXPECT_THAT(error(R"({"parts": []})"), HasSubstr("no ESP32-C3 board"));
  EXPECT_THAT(error(R"({"parts": [7]})"), HasSubstr("part 1 has no \"id\""));
  EXPECT_THAT(error(R"({"parts": [{"id": 7, "type": "x"}]})"), HasSubstr("part 1"));
  EXPECT_THAT(error(R"({"parts": [{"id": "a", "type": "board-esp32-c3-devkitm-1"}], "connections": {}})"),
              HasSubstr("not a list"));
}

TEST(Diagram, NeedsOneBoardOfThisChip) {
  EXPECT_THAT(error(diagram_text("", "", "board-esp32-s3-devkitc-1")),
              HasSubstr("made for \"board-esp32-s3-devkitc-1\""));
  EXPECT_THAT(error(diagram_text("", R"(, {"type": "board-esp32-c3-rust-1", "id": "esp2"})")),
              HasSubstr("more than one"));
  EXPECT_THAT(error(diagram_text("", R"(, {"type": "wokwi-led", "id": "esp"})")),
              HasSubstr("two parts are called \"esp\""));
}

TEST(Diagram, RefusesConnectionsThatLeadNowhere) {
  EXPECT_EQ(error(diagram_text(R"(["esp:4", "esp:22", "", []])")),
            "connection 1: the board has no pin \"22\"");
  EXPECT_THAT(error(diagram_text(R"(["esp:4", "led:A", "", []])")), HasSubstr("there is no part \"led\""));
  EXPECT_THAT(error(diagram_text(R"(["esp:4", "esp:2"], ["esp:4"])")),
              HasSubstr("connection 2 is not of the form"));
  EXPECT_THAT(error(diagram_text(R"(["esp", "esp:2"])")), HasSubstr("not of the form"));
  EXPECT_THAT(error(diagram_text(R"([4, 2])")), HasSubstr("not of the form"));
  EXPECT_THAT(error(diagram_text("4")), HasSubstr("not of the form"));
  EXPECT_THAT(error(diagram_text(R"(["esp:", "esp:2"])")), HasSubstr("no pin \"\""));
}

TEST(Diagram, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(load_diagram("/nowhere/diagram.json").error(), "No such file or directory");
  EXPECT_EQ(load_diagram("/").error(), "it is a directory");
}

}  // namespace
}  // namespace ferry::board
