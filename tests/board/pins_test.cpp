#include "board/pins/pins.hpp"

#include "tests/board/peripheral_rig.hpp"

#include <array>
#include <ctime>
#include <optional>
#include <random>
#include <stdexcept>

namespace ferry::board {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::uint32_t clock_signal = 63, miso_signal = 64, mosi_signal = 65;

PadConfig follows(std::uint32_t signal) { return {.output_signal = signal}; }
PadConfig input_pad(Pull pull = Pull::none) { return {.input_enabled = true, .pull = pull}; }
InputRoute from_pad(unsigned pin) { return {.from = InputRoute::From::pad, .pin = pin}; }

struct PinsTest : ::testing::Test, Bench {
  Pins pins{observers};
};

TEST_F(PinsTest, AFloatingPadIsLow) {
  for (unsigned pin = 0; pin < 22; ++pin) EXPECT_FALSE(pins.level(pin)) << pin;
}

TEST_F(PinsTest, APullDecidesWhereNothingDrives) {
  pins.configure(3, {.pull = Pull::up});
  EXPECT_TRUE(pins.level(3));
  pins.configure(3, {.pull = Pull::down});
  EXPECT_FALSE(pins.level(3));
}

TEST_F(PinsTest, APadFollowsItsSignal) {
  pins.configure(4, follows(mosi_signal));
  pins.drive(mosi_signal, true);
  EXPECT_TRUE(pins.level(4));
  pins.drive(mosi_signal, false);
  EXPECT_FALSE(pins.level(4));
  EXPECT_THAT(events.pins, ElementsAre(Pair(4u, true), Pair(4u, false)));
}

TEST_F(PinsTest, OneSignalDrivesSeveralPads) {
  pins.configure(4, follows(mosi_signal));
  pins.configure(7, {.output_signal = mosi_signal, .output_inverted = true});
  pins.drive(mosi_signal, true);
  EXPECT_TRUE(pins.level(4));
  EXPECT_FALSE(pins.level(7));
}

TEST_F(PinsTest, ThePeripheralsOutputEnableLetsGo) {
  pins.configure(4, {.output_signal = mosi_signal, .pull = Pull::up});
  EXPECT_FALSE(pins.level(4));
  pins.enable_output(mosi_signal, false);
  EXPECT_TRUE(pins.level(4));
  pins.enable_output(mosi_signal, true);
  EXPECT_FALSE(pins.level(4));
}

TEST_F(PinsTest, OutputEnableFromGpioAndItsInversion) {
  pins.configure(4, {.output_signal = mosi_signal, .enable_from_gpio = true, .pull = Pull::up});
  EXPECT_TRUE(pins.level(4));
  pins.set_gpio_output(0, 1u << 4);
  EXPECT_FALSE(pins.level(4));
  pins.configure(
      4, {.output_signal = mosi_signal, .enable_from_gpio = true, .enable_inverted = true, .pull = Pull::up});
  EXPECT_TRUE(pins.level(4));
}

TEST_F(PinsTest, SimpleGpioNeedsLevelAndEnable) {
  pins.set_gpio_output(1u << 5, 0);
  EXPECT_FALSE(pins.level(5));
  pins.set_gpio_output(1u << 5, 1u << 5);
  EXPECT_TRUE(pins.level(5));
}

TEST_F(PinsTest, OpenDrainOnlyPullsLow) {
  pins.configure(5, {.open_drain = true, .pull = Pull::up});
  pins.set_gpio_output(1u << 5, 1u << 5);
  EXPECT_TRUE(pins.level(5));
  pins.drive_from_outside(5, false);
  EXPECT_FALSE(pins.level(5));
  EXPECT_THAT(events.notices, IsEmpty());
  pins.drive_from_outside(5, std::nullopt);
  pins.set_gpio_output(0, 1u << 5);
  EXPECT_FALSE(pins.level(5));
}

TEST_F(PinsTest, AWireCarriesALevelToTheOtherPad) {
  pins.wire(4, 2);
  pins.configure(4, follows(mosi_signal));
  pins.configure(2, input_pad());
  pins.route_input(miso_signal, from_pad(2));
  pins.drive(mosi_signal, true);
  EXPECT_TRUE(pins.level(2));
  EXPECT_TRUE(pins.input(miso_signal));
  EXPECT_EQ(pins.gpio_input(), 1u << 2);
  EXPECT_THAT(events.pins, ElementsAre(Pair(2u, true), Pair(4u, true)));
}

TEST_F(PinsTest, WiresJoinIntoOneNet) {
  pins.configure(10, {.pull = Pull::up});
  pins.wire(1, 2);
  pins.wire(10, 11);
  pins.wire(11, 1);
  for (const unsigned pin : {1u, 2u, 10u, 11u}) EXPECT_TRUE(pins.level(pin)) << pin;
  pins.drive_from_outside(2, false);
  for (const unsigned pin : {1u, 2u, 10u, 11u}) EXPECT_FALSE(pins.level(pin)) << pin;
}

TEST_F(PinsTest, ASecondWireBetweenJoinedPadsChangesNothing) {
  pins.wire(1, 2);
  pins.wire(2, 1);
  pins.wire(1, 1);
  pins.drive_from_outside(1, true);
  EXPECT_TRUE(pins.level(2));
}

TEST_F(PinsTest, TwoDriversThatDisagreeReadAsLowAndAreReportedOnce) {
  pins.wire(4, 5);
  pins.set_gpio_output(1u << 4, 1u << 4 | 1u << 5);
  EXPECT_FALSE(pins.level(4));
  EXPECT_FALSE(pins.level(5));
  pins.set_gpio_output(1u << 5, 1u << 4 | 1u << 5);
  EXPECT_FALSE(pins.level(4));
  ASSERT_EQ(events.notices.size(), 1u);
  EXPECT_THAT(events.notices[0], HasSubstr("GPIO4 high"));
  EXPECT_THAT(events.notices[0], HasSubstr("GPIO5 low"));
}

TEST_F(PinsTest, PadsThatChangeTogetherNeverFight) {
  pins.wire(4, 5);
  pins.set_gpio_output(0, 1u << 4 | 1u << 5);
  pins.set_gpio_output(1u << 4 | 1u << 5, 1u << 4 | 1u << 5);
  EXPECT_TRUE(pins.level(4));
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(PinsTest, ResistorsThatPullBothWaysReadAsLow) {
  pins.configure(4, {.pull = Pull::up});
  pins.configure(5, {.pull = Pull::down});
  pins.wire(4, 5);
  EXPECT_FALSE(pins.level(4));
}

TEST_F(PinsTest, AnInputNeedsItsBuffer) {
  pins.route_input(miso_signal, from_pad(2));
  pins.drive_from_outside(2, true);
  EXPECT_FALSE(pins.input(miso_signal));
  EXPECT_EQ(pins.gpio_input(), 0u);
  pins.configure(2, input_pad());
  EXPECT_TRUE(pins.input(miso_signal));
  EXPECT_EQ(pins.gpio_input(), 1u << 2);
}

TEST_F(PinsTest, AListenerHearsEveryChangeOnce) {
  std::string heard;
  pins.listen(miso_signal, [&](bool level) { heard += level ? '1' : '0'; });
  pins.configure(2, input_pad());
  pins.route_input(miso_signal, from_pad(2));
  pins.drive_from_outside(2, true);
  pins.drive_from_outside(2, true);
  pins.drive_from_outside(2, false);
  EXPECT_EQ(heard, "10");
}

TEST_F(PinsTest, AnInvertedInputAndConstants) {
  pins.configure(2, input_pad());
  pins.route_input(miso_signal, {.from = InputRoute::From::pad, .pin = 2, .inverted = true});
  EXPECT_TRUE(pins.input(miso_signal));
  pins.drive_from_outside(2, true);
  EXPECT_FALSE(pins.input(miso_signal));
  pins.route_input(miso_signal, {.from = InputRoute::From::high});
  EXPECT_TRUE(pins.input(miso_signal));
  pins.route_input(miso_signal, {.from = InputRoute::From::low});
  EXPECT_FALSE(pins.input(miso_signal));
}

TEST_F(PinsTest, AListenerMayChangeTheNetItHears) {
  // A peripheral that answers on the wire it listens to: everybody ends with the newest level.
  pins.configure(
      2, {.output_signal = clock_signal, .open_drain = true, .input_enabled = true, .pull = Pull::up});
  pins.route_input(miso_signal, from_pad(2));
  pins.route_input(mosi_signal, from_pad(2));
  std::string second;
  pins.listen(miso_signal, [&](bool level) {
    if (level) pins.drive(clock_signal, false);
  });
  pins.listen(mosi_signal, [&](bool level) { second += level ? '1' : '0'; });
  pins.drive(clock_signal, true);
  EXPECT_FALSE(pins.level(2));
  EXPECT_FALSE(pins.input(mosi_signal));
}

TEST_F(PinsTest, SignalsWithoutAPeripheralPassThroughTheMatrix) {
  pins.configure(1, input_pad());
  pins.route_input(97, from_pad(1));
  pins.configure(8, follows(97));
  pins.drive_from_outside(1, true);
  EXPECT_TRUE(pins.level(8));
}

TEST_F(PinsTest, ThePadsOwnInputClosesALoopWithoutAWire) {
  pins.configure(7, {.output_signal = mosi_signal, .input_enabled = true});
  pins.route_input(miso_signal, from_pad(7));
  pins.drive(mosi_signal, true);
  EXPECT_TRUE(pins.input(miso_signal));
}

// A level that causes its own opposite, at once: the chip oscillates or hangs in between.

constexpr std::uint32_t matrix_97 = 97, matrix_98 = 98;

TEST_F(PinsTest, ACircleIsCutShort) {
  pins.configure(0, {.output_signal = matrix_97, .output_inverted = true, .input_enabled = true});
  EXPECT_TRUE(pins.level(0));
  events.pins.clear();
  pins.route_input(matrix_97, from_pad(0));
  EXPECT_THAT(events.notices, ElementsAre("pins change one another's levels without end; this is cut short "
                                          "at GPIO0"));
  EXPECT_EQ(events.pins.size(), 64u + 2);  // and another chance when all inputs have their level
  EXPECT_TRUE(pins.level(0));
  EXPECT_TRUE(pins.input(matrix_97)) << "what listens knows the level that the pad has";
  // Something else changes: another chance, with two changes.
  events.pins.clear();
  pins.drive_from_outside(5, true);
  EXPECT_THAT(events.pins, ElementsAre(Pair(0u, false), Pair(0u, true), Pair(5u, true)));
  EXPECT_EQ(events.notices.size(), 1u);
}

TEST_F(PinsTest, ACircleThatIsOpenedComesToRest) {
  pins.configure(0, {.output_signal = matrix_97, .output_inverted = true, .input_enabled = true});
  pins.configure(1, {.output_signal = matrix_98, .input_enabled = true});
  pins.route_input(matrix_98, from_pad(0));
  EXPECT_THAT(events.notices, IsEmpty());
  pins.route_input(matrix_97, from_pad(1));
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("without end")));
  for (const bool level : {false, true}) {
    pins.route_input(matrix_97, {.from = level ? InputRoute::From::high : InputRoute::From::low});
    EXPECT_EQ(pins.level(0), !level);
    EXPECT_EQ(pins.level(1), !level);
    pins.route_input(matrix_97, from_pad(1));
    // Low wins against the pad, whose circle it opens.
    pins.drive_from_outside(1, false);
    EXPECT_TRUE(pins.level(0));
    EXPECT_FALSE(pins.level(1));
    pins.drive_from_outside(1, std::nullopt);
  }
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("without end"), HasSubstr("two drivers")));
}

TEST_F(PinsTest, AChangeThatCausesSeveralIsCutShort) {
  unsigned heard = 0;
  for (int part = 0; part < 3; ++part) {
    pins.listen_pad(8, [&](bool level) {
      ++heard;
      pins.drive_from_outside(8, !level);
    });
  }
  pins.drive_from_outside(8, true);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("without end; this is cut short at GPIO8")));
  EXPECT_LE(heard, 3 * 10'000u);
}

// Many changes of one net that are not each other's consequence are none of this.
TEST_F(PinsTest, AListenerMayChangeAnotherNetManyTimes) {
  unsigned edges = 0;
  pins.listen_pad(5, [&](bool) { ++edges; });
  pins.listen_pad(4, [&](bool) {
    for (int pulse = 0; pulse < 1000; ++pulse) {
      pins.drive_from_outside(5, true);
      pins.drive_from_outside(5, false);
    }
  });
  pins.drive_from_outside(4, true);
  EXPECT_EQ(edges, 2000u);
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(PinsTest, APartHearsItsPad) {
  std::string heard;
  pins.listen_pad(6, [&](bool level) { heard += level ? '1' : '0'; });
  pins.configure(6, follows(clock_signal));
  for (const bool level : {true, false, true}) pins.drive(clock_signal, level);
  EXPECT_EQ(heard, "101");
}

TEST_F(PinsTest, WatchedTellsWhetherDrawingIsWorthwhile) {
  EXPECT_FALSE(pins.watched(mosi_signal)) << "no pad follows it";
  pins.configure(4, follows(mosi_signal));
  EXPECT_TRUE(pins.watched(mosi_signal)) << "an observer is there";
  observers.remove(events);
  EXPECT_FALSE(pins.watched(mosi_signal));
  observers.add(events, Observers::only(Topic::dma));
  EXPECT_FALSE(pins.watched(mosi_signal));
  pins.wire(4, 2);
  pins.configure(2, input_pad());
  EXPECT_TRUE(pins.watched(mosi_signal)) << "an input on the same wire";
}

TEST_F(PinsTest, ResetKeepsWiresAndOutsideDrivers) {
  pins.wire(4, 2);
  pins.drive_from_outside(2, true);
  pins.configure(4, input_pad());
  pins.reset();
  EXPECT_TRUE(pins.level(4));
  EXPECT_EQ(pins.gpio_input(), 0u);
}

TEST_F(PinsTest, APinThatTheChipDoesNotHave) {
  EXPECT_THROW(pins.wire(4, 22), std::out_of_range);
  EXPECT_THROW(pins.wire(22, 4), std::out_of_range);
  EXPECT_THROW(pins.drive_from_outside(22, true), std::out_of_range);
  EXPECT_THROW(pins.listen_pad(22, [](bool) {}), std::out_of_range);
}

// What the header promises, computed anew from everything that was set: slow, and without a cache to be
// wrong.
struct PlainPins {
  std::array<PadConfig, 22> configs{};
  std::array<InputRoute, 128> routes{};
  std::array<bool, 256> levels{};
  std::array<std::optional<bool>, 22> outside{};
  std::array<unsigned, 22> net{};
  std::uint32_t out = 0, enable = 0;

  PlainPins() {
    for (unsigned pin = 0; pin < 22; ++pin) net[pin] = pin;
  }
  std::optional<bool> driven(unsigned pin) const {
    const PadConfig& config = configs[pin];
    const bool simple = config.output_signal == 128;
    const bool level =
        (simple ? (out >> pin & 1) != 0 : levels[config.output_signal]) != config.output_inverted;
    const bool enabled = simple || config.enable_from_gpio ? (enable >> pin & 1) != 0 : true;
    if (enabled == config.enable_inverted || (config.open_drain && level)) return std::nullopt;
    return level;
  }
  bool level(unsigned pin) const {
    bool high = false, low = false, up = false, down = false;
    for (unsigned other = 0; other < 22; ++other) {
      if (net[other] != net[pin]) continue;
      for (const auto& driver : {driven(other), outside[other]}) {
        high = high || driver == true;
        low = low || driver == false;
      }
      up = up || configs[other].pull == Pull::up;
      down = down || configs[other].pull == Pull::down;
    }
    return high || low ? high && !low : up && !down;
  }
  bool input(std::uint32_t signal) const {
    const InputRoute& route = routes[signal];
    const bool pad =
        route.from == InputRoute::From::pad && configs[route.pin].input_enabled && level(route.pin);
    return (pad || route.from == InputRoute::From::high) != route.inverted;
  }
};

TEST_F(PinsTest, AgreesWithAPlainComputationAfterEveryStep) {
  std::mt19937 random{20'241'121};
  const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  const auto coin = [&] { return below(2) != 0; };
  PlainPins plain;
  std::array<bool, 128> heard{};
  const std::uint32_t signals[] = {6, 9, 63, 64, 65, 68};
  for (const std::uint32_t signal : signals)
    pins.listen(signal, [&heard, signal](bool level) { heard[signal] = level; });
  for (int step = 0; step < 20'000; ++step) {
    const unsigned pin = below(22);
    const std::uint32_t signal = signals[below(6)];
    switch (below(8)) {
      case 0:
        plain.configs[pin] = {.output_signal = coin() ? 128 : signal,
                              .output_inverted = coin(),
                              .enable_from_gpio = coin(),
                              .enable_inverted = below(4) == 0,
                              .open_drain = coin(),
                              .input_enabled = coin(),
                              .pull = static_cast<Pull>(below(3))};
        pins.configure(pin, plain.configs[pin]);
        break;
      case 1:
        plain.routes[signal] = {
            .from = static_cast<InputRoute::From>(below(3)), .pin = pin, .inverted = coin()};
        pins.route_input(signal, plain.routes[signal]);
        break;
      case 2:
        plain.out = below(1u << 22);
        plain.enable = below(1u << 22);
        pins.set_gpio_output(plain.out, plain.enable);
        break;
      case 3:
        plain.outside[pin] = coin() ? std::optional{coin()} : std::nullopt;
        pins.drive_from_outside(pin, plain.outside[pin]);
        break;
      case 4:
        if (below(300) == 0) {  // wires only ever join
          const unsigned other = below(22), joined = plain.net[other];
          for (unsigned& net : plain.net)
            if (net == joined) net = plain.net[pin];
          pins.wire(pin, other);
        }
        break;
      default:
        plain.levels[signal] = coin();
        pins.drive(signal, plain.levels[signal]);
        break;
    }
    std::uint32_t input = 0;
    for (unsigned pad = 0; pad < 22; ++pad) {
      ASSERT_EQ(pins.level(pad), plain.level(pad)) << "GPIO" << pad << " after step " << step;
      if (plain.configs[pad].input_enabled && plain.level(pad)) input |= 1u << pad;
    }
    ASSERT_EQ(pins.gpio_input(), input) << step;
    for (const std::uint32_t each : signals) {
      ASSERT_EQ(pins.input(each), plain.input(each)) << each << " after step " << step;
      ASSERT_EQ(heard[each], plain.input(each)) << each << " after step " << step;
    }
  }
}

TEST_F(PinsTest, AnEdgeWithoutObserversIsCheap) {
  observers.remove(events);
  pins.wire(4, 2);
  pins.configure(4, follows(mosi_signal));
  pins.configure(2, input_pad());
  pins.route_input(miso_signal, from_pad(2));
  pins.configure(6, {.output_signal = clock_signal, .input_enabled = true});
  std::uint64_t ones = 0;
  constexpr int edges = 400'000;
  const std::clock_t start = std::clock();
  for (int edge = 0; edge < edges; ++edge) {
    pins.drive(clock_signal, (edge & 1) != 0);
    pins.drive(mosi_signal, (edge & 2) != 0);
    ones += pins.input(miso_signal) ? 1 : 0;
  }
  const double spent = 1e9 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(ones, edges / 2u);
  // 1.5 edges per round. The aim is 50 ns with optimization; the bound leaves room for sanitizers and a busy
  // host.
  RecordProperty("nanoseconds_per_edge", std::to_string(spent / (1.5 * edges)));
  EXPECT_LT(spent / (1.5 * edges), 2'000.0);
}

}  // namespace
}  // namespace ferry::board
