// Parts under edges that no firmware would make: nothing crashes, nothing grows without bounds, and going
// back to an earlier moment brings the same again.
#include "board/parts/ili9341.hpp"
#include "board/parts/led.hpp"
#include "board/parts/push_button.hpp"
#include "board/parts/scripted_spi.hpp"
#include "board/parts/spi_flash.hpp"
#include "tests/app/temporary_folder.hpp"
#include "tests/board/parts_rig.hpp"

#include <random>

namespace ferry::board {
namespace {

class PartsRobustness : public PartsRig {
 protected:
  PartsRobustness() {
    const std::string script = R"({"registers": {"values": {"0": "01 02 03 04"}}, "mode": 1})";
    place<SpiFlash>("flash", {{"size", "64K"}, {"quad", "1"}});
    place<Ili9341>("display");
    place<ScriptedSpi>("script", {{"script", folder.write("script.json", script)}});
    place<PushButton>("button", {{"press", "1ms:1ms, 3ms:2ms"}, {"bounce", "1"}});
    place<Led>("led");
    for (const auto& [terminal, pin] : std::initializer_list<std::pair<const char*, int>>{
             {"flash:CS", 0},     {"flash:CLK", 1},    {"flash:IO0", 2},   {"flash:IO1", 3},
             {"flash:IO2", 4},    {"flash:IO3", 5},    {"display:CS", 6},  {"display:SCK", 1},
             {"display:MOSI", 2}, {"display:MISO", 3}, {"display:D/C", 7}, {"display:RST", 8},
             {"script:CS", 9},    {"script:SCK", 1},   {"script:MOSI", 2}, {"script:MISO", 10},
             {"button:1.l", 2},   {"button:2.l", 11},  {"led:A", 3},       {"led:C", 12}})
      connect(terminal, "GPIO" + std::to_string(pin));
    circuit.start();
  }

  // Mostly clock edges, sometimes data, seldom selects; all of it from one seed.
  void edges(std::mt19937& engine, int count) {
    const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
    for (int edge = 0; edge < count; ++edge) {
      const std::uint32_t dice = random() % 100;
      if (dice < 70) {
        drive(1, (levels & 2) == 0);
      } else if (dice < 98) {
        const unsigned pin = 2 + random() % 6;
        random() % 4 == 0 ? release(pin) : drive(pin, random() % 2 == 0);
      } else {
        drive(random() % 13, random() % 2 == 0);
      }
      if (random() % 16 == 0) run(random() % microsecond);
    }
  }
  // What the parts show of themselves.
  std::string looks() const {
    std::string text;
    for (const Placement& placement : circuit.parts()) text += placement.part->summary() + '\n';
    for (unsigned pin = 0; pin < chip::gpio_count; ++pin) text += pins.level(pin) ? '1' : '0';
    return text;
  }

  tests::TemporaryFolder folder;
};

TEST_F(PartsRobustness, AnyEdges) {
  std::mt19937 random(1);
  edges(random, 200'000);
  // One line for each thing to say, however often it happens.
  EXPECT_LT(notes.size(), 600u);
  EXPECT_GE(dynamic_cast<PushButton&>(*circuit.find("button")).times_pressed(), 2u);
}

TEST_F(PartsRobustness, TheSameAgainFromAKeptMoment) {
  std::mt19937 random(2);
  for (int round = 0; round < 10; ++round) {
    edges(random, 1'000);
    std::vector<std::byte> kept;
    StateArchive keep(kept);
    keep(timeline, pins, circuit, levels, enables);
    const std::mt19937 from_here = random;
    edges(random, 2'000);
    const std::string first = looks();
    StateArchive back{std::span<const std::byte>(kept)};
    back(timeline, pins, circuit, levels, enables);
    ASSERT_TRUE(back.at_end());
    random = from_here;
    edges(random, 2'000);
    ASSERT_EQ(looks(), first) << round;
  }
}

}  // namespace
}  // namespace ferry::board
