// What is joined with what outside of the chip, who drives it, and who hears of it.
#include "board/parts/wiring.hpp"
#include "tests/board/parts_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Terminals for the test to play with, and a contact between A and B.
class Plain final : public Part {
 public:
  explicit Plain(Placement& placement) : Part(placement) {
    a.on_change([this](bool level) { heard.push_back(level); });
  }
  void power_on() override { ++power_ons; }
  void end_of_run() override { fail("it never happened"); }
  using Part::note;

  Terminal &a = terminal({"A", "alias"}), &b = terminal("B");
  Contact& ab = contact(a, b);
  std::vector<bool> heard;
  int power_ons = 0;
};

class Inverter final : public Part {
 public:
  explicit Inverter(Placement& placement) : Part(placement) {
    in_.on_change([this](bool level) { out_.drive(!level); });
  }
  void power_on() override { out_.drive(!in_.level()); }

 private:
  Terminal &in_ = terminal("IN"), &out_ = terminal("OUT");
};

class Refusing final : public Part {
 public:
  explicit Refusing(Placement& placement) : Part(placement) {
    terminal("A");
    throw BadPart("never");
  }
};

class CircuitTest : public PartsRig {};

TEST_F(CircuitTest, ATerminalHearsItsPadFromPowerOnOn) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  drive(4, true);
  circuit.start();
  EXPECT_EQ(part.power_ons, 1);
  EXPECT_TRUE(part.a.level());
  EXPECT_TRUE(part.a.connected());
  EXPECT_FALSE(part.b.connected());
  EXPECT_THAT(part.heard, IsEmpty());
  drive(4, false);
  drive(4, true);
  EXPECT_THAT(part.heard, ElementsAre(false, true));
}

TEST_F(CircuitTest, ATerminalDrivesPullsAndLetsGo) {
  Plain& part = place<Plain>("p");
  connect("GPIO4", "p:alias");
  circuit.start();
  part.a.drive(true);
  EXPECT_TRUE(pins.level(4));
  part.a.drive(false);
  EXPECT_FALSE(pins.level(4));
  part.a.pull(Pull::up);
  EXPECT_FALSE(pins.level(4));
  part.a.release();
  EXPECT_TRUE(pins.level(4));
  part.a.pull(Pull::none);
  EXPECT_FALSE(pins.level(4));
  EXPECT_THAT(part.heard, ElementsAre(true, false, true, false));
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(CircuitTest, TerminalsWithoutAPadHaveALevelToo) {
  Plain &one = place<Plain>("one"), &other = place<Plain>("other");
  connect("one:A", "other:A");
  circuit.start();
  one.b.drive(true);
  EXPECT_FALSE(other.a.level());
  one.a.drive(true);
  EXPECT_TRUE(other.a.level());
  EXPECT_THAT(other.heard, ElementsAre(true));
  other.a.drive(false);
  EXPECT_FALSE(one.a.level());
  EXPECT_THAT(notes, ElementsAre("one wire, two drivers: one:A high, other:A low; read as low"));
  other.a.drive(true);
  other.a.drive(false);
  EXPECT_EQ(notes.size(), 1u);
}

TEST_F(CircuitTest, AChipsDriverAgainstAPartsIsNotedWithBothNames) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  circuit.start();
  drive(4, true);
  part.a.drive(false);
  EXPECT_FALSE(pins.level(4));
  EXPECT_THAT(notes, ElementsAre("one wire, two drivers: GPIO4 high, p:A low; read as low"));
}

TEST_F(CircuitTest, ASupplyIsADriver) {
  place<Plain>("p");
  connect("p:A", "GPIO4");
  connect("p:A", "3V3");
  circuit.start();
  EXPECT_TRUE(pins.level(4));
  drive(4, false);
  EXPECT_THAT(notes, ElementsAre("one wire, two drivers: 3V3 high, GPIO4 low; read as low"));
}

TEST_F(CircuitTest, WiresThroughTerminalsJoinPads) {
  place<Plain>("p");
  connect("p:A", "GPIO4");
  connect("GPIO2", "p:A");
  connect("GPIO2", "GPIO7");
  circuit.start();
  drive(4, true);
  EXPECT_TRUE(pins.level(2));
  EXPECT_TRUE(pins.level(7));
}

TEST_F(CircuitTest, AContactJoinsWhileItIsClosed) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  connect("p:B", "GND");
  pull(4, Pull::up);
  circuit.start();
  EXPECT_TRUE(pins.level(4));
  part.ab.close();
  EXPECT_FALSE(pins.level(4));
  part.ab.open();
  EXPECT_TRUE(pins.level(4));
  EXPECT_THAT(part.heard, ElementsAre(false, true));
}

// As in the matrix of a keypad: rows are driven, columns are read.
TEST_F(CircuitTest, AContactJoinsTwoPads) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  connect("p:B", "GPIO5");
  pull(5, Pull::up);
  circuit.start();
  drive(4, false);
  EXPECT_TRUE(pins.level(5));
  part.ab.close();
  EXPECT_FALSE(pins.level(5));
  drive(4, true);
  EXPECT_TRUE(pins.level(5));
  drive(4, false);
  part.ab.open();
  EXPECT_TRUE(pins.level(5));
}

// The resistor of one side moves to the other with the contact, and no glitch is seen meanwhile.
TEST_F(CircuitTest, NoGlitchWhenAContactMoves) {
  Plain& part = place<Plain>("p");
  place<Resistor>("r");
  connect("r:1", "3V3");
  connect("r:2", "p:B");
  connect("p:B", "GPIO5");
  connect("p:A", "GPIO4");
  circuit.start();
  std::vector<bool> seen;
  pins.listen_pad(5, [&](bool level) { seen.push_back(level); });
  EXPECT_TRUE(pins.level(5));
  part.ab.close();
  EXPECT_TRUE(pins.level(4));
  part.ab.open();
  EXPECT_FALSE(pins.level(4));
  EXPECT_TRUE(pins.level(5));
  EXPECT_THAT(seen, IsEmpty());
}

TEST_F(CircuitTest, AResistorToASupplyPullsAndIsAWireElsewhere) {
  place<Resistor>("up");
  place<Resistor>("wire");
  connect("up:1", "3V3");
  connect("up:2", "GPIO4");
  connect("wire:1", "GPIO5");
  connect("wire:2", "GPIO6");
  circuit.start();
  EXPECT_TRUE(pins.level(4));
  drive(4, false);
  EXPECT_FALSE(pins.level(4));
  drive(5, true);
  EXPECT_TRUE(pins.level(6));
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(CircuitTest, AResistorBehindAContactPullsWhileThatIsClosed) {
  Plain& part = place<Plain>("p");
  place<Resistor>("r");
  connect("r:1", "GPIO4");
  connect("r:2", "p:A");
  connect("p:B", "3V3");
  circuit.start();
  EXPECT_FALSE(pins.level(4));
  part.ab.close();
  EXPECT_TRUE(pins.level(4));
  drive(4, false);
  EXPECT_FALSE(pins.level(4));
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(CircuitTest, SuppliesAsParts) {
  place<Ground>("gnd");
  place<Power>("vcc");
  place<Junction>("j");
  connect("vcc:VCC", "j:J");
  connect("j:J", "GPIO4");
  connect("GPIO5", "gnd:GND");
  pull(5, Pull::up);
  circuit.start();
  EXPECT_TRUE(pins.level(4));
  EXPECT_FALSE(pins.level(5));
}

TEST_F(CircuitTest, SaysWhatCannotBeJoined) {
  place<Plain>("p");
  EXPECT_EQ(connect_error("p:C", "GPIO4"), "p (test) has no terminal \"C\"; it has A, B");
  EXPECT_EQ(connect_error("q:A", "GPIO4"), "there is no part \"q\"");
  EXPECT_EQ(connect_error("GND", "3V3"), "short circuit: it joins GND and 3V3");
  connect("p:A", "GND");
  EXPECT_EQ(connect_error("p:A", "3V3"), "short circuit: it joins GND and 3V3");
  connect("p:B.2", "VCC");
  EXPECT_EQ(connect_error("p:A", "p:B"), "short circuit: it joins GND and 3V3");
  EXPECT_FALSE(parse_point("GPIO22").has_value());
}

TEST_F(CircuitTest, AShortCircuitByAContactIsNotedOnce) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GND");
  connect("p:B", "3V3");
  circuit.start();
  part.ab.close();
  part.ab.open();
  part.ab.close();
  EXPECT_THAT(notes, ElementsAre("one wire, two drivers: 3V3 high, GND low; read as low"));
}

TEST_F(CircuitTest, APartThatCannotBeLeavesNothingBehind) {
  EXPECT_EQ(refusal<Refusing>({}), "part0 (test): never");
  EXPECT_EQ(circuit.find("part0"), nullptr);
  place<Plain>("p");
  EXPECT_EQ(refusal<Plain>({{"colour", "red"}}), "");
  EXPECT_THAT(notes, ElementsAre("part1: attributes that test does not know: colour"));
  EXPECT_THROW(place<Plain>("p"), BadPart);
}

TEST_F(CircuitTest, CirclesEnd) {
  place<Inverter>("i");
  connect("i:IN", "i:OUT");
  circuit.start();
  EXPECT_THAT(notes, ElementsAre(HasSubstr("without end")));
}

TEST_F(CircuitTest, AChainOfPartsAnswersAtOnce) {
  for (int i = 0; i < 20; ++i) place<Inverter>("i" + std::to_string(i));
  connect("i0:IN", "GPIO4");
  for (int i = 1; i < 20; ++i) connect("i" + std::to_string(i - 1) + ":OUT", "i" + std::to_string(i) + ":IN");
  connect("i19:OUT", "GPIO5");
  circuit.start();
  EXPECT_FALSE(pins.level(5));
  drive(4, true);
  EXPECT_TRUE(pins.level(5));
  EXPECT_THAT(notes, IsEmpty());
}

TEST_F(CircuitTest, PartsMayComeAndBeWiredWhileItRuns) {
  Plain& first = place<Plain>("first");
  connect("first:A", "GPIO4");
  circuit.start();
  Plain& second = place<Plain>("second");
  drive(4, true);
  connect("second:A", "GPIO4");
  EXPECT_THAT(second.heard, IsEmpty());
  circuit.start();
  EXPECT_EQ(first.power_ons, 1);
  EXPECT_EQ(second.power_ons, 1);
  drive(4, false);
  EXPECT_THAT(second.heard, ElementsAre(false));
  connect("second:A", "3V3");
  EXPECT_THAT(second.heard, ElementsAre(false));
  release(4);
  EXPECT_THAT(second.heard, ElementsAre(false, true));
}

TEST_F(CircuitTest, PowerGoesAndComes) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  circuit.start();
  part.a.drive(true);
  circuit.power_cycle();
  EXPECT_EQ(part.power_ons, 2);
  EXPECT_FALSE(pins.level(4));
}

TEST_F(CircuitTest, IsPutBackToWhatItWas) {
  Plain& part = place<Plain>("p");
  connect("p:A", "GPIO4");
  connect("p:B", "GPIO5");
  circuit.start();
  part.a.drive(true);
  part.ab.close();
  std::vector<std::byte> kept;
  StateArchive keep(kept);
  keep(pins, circuit);
  part.ab.open();
  part.a.drive(false);
  part.b.drive(true);
  StateArchive back{std::span<const std::byte>(kept)};
  back(pins, circuit);
  EXPECT_TRUE(back.at_end());
  EXPECT_TRUE(part.ab.closed());
  EXPECT_TRUE(part.b.level());
  part.a.drive(false);
  EXPECT_FALSE(pins.level(5));
  part.ab.open();
  EXPECT_FALSE(pins.level(5));
  EXPECT_THAT(notes, IsEmpty());
  place<Plain>("another");
  StateArchive wrong{std::span<const std::byte>(kept)};
  EXPECT_THROW(wrong(pins, circuit), std::logic_error);
}

TEST_F(CircuitTest, APartThatFailsStopsTheRun) {
  Plain& part = place<Plain>("p");
  part.note("twice");
  part.note("twice");
  circuit.start();
  circuit.end_of_run();
  EXPECT_EQ(stops, 1);
  EXPECT_THAT(circuit.failures(), ElementsAre("p: it never happened"));
  EXPECT_THAT(notes, ElementsAre("p: twice", "p: it never happened"));
}

}  // namespace
}  // namespace ferry::board
