// One bus for six halves: who comes first, what an access costs, and resets of the master.
#include "tests/board/gdma_rig.hpp"

#include <algorithm>

namespace ferry::board {
namespace {

class GdmaBus : public GdmaRig {
 protected:
  // Three transmit channels with a long list each, started at the same moment.
  void start_three() {
    for (unsigned channel = 0; channel < 3; ++channel) {
      descriptor(item(channel), ram + 0x1000 * channel, 64, 64, 0, bit::owner | bit::suc_eof);
      start_out(item(channel), channel);
    }
  }
};

TEST_F(GdmaBus, EqualPrioritiesTakeTurns) {
  start_three();
  settle();
  ASSERT_EQ(events.order.size(), 192u);
  for (std::size_t word = 0; word + 2 < 48; word += 3) {
    std::string turn{events.order[4 * word], events.order[4 * word + 4], events.order[4 * word + 8]};
    std::ranges::sort(turn);
    EXPECT_EQ(turn, "ABC") << "words " << word << " to " << word + 2;
  }
}

TEST_F(GdmaBus, TheLargerPriorityComesFirst) {
  put(0xFC, 1, 0);
  put(0xFC, 9, 1);
  put(0xFC, 5, 2);
  start_three();
  settle();
  EXPECT_EQ(events.order, std::string(64, 'B') + std::string(64, 'C') + std::string(64, 'A'));
}

TEST_F(GdmaBus, DisabledPriorityLeavesTheTurns) {
  put(0x44, 1u << 2);
  put(0xFC, 9, 1);
  start_three();
  settle();
  EXPECT_EQ(events.order.substr(0, 12).find_first_not_of("ABC"), std::string::npos);
  EXPECT_EQ(std::ranges::count(events.order.substr(0, 12), 'B'), 4);
}

TEST_F(GdmaBus, PriorityHoldsBetweenDirections) {
  put(0xFC, 3, 0);
  put(0x9C, 7, 1);
  put(0x100, 7, 0);  // SHA
  put(0xA0, 0, 1);
  descriptor(item(0), ram, 64, 64, 0, bit::owner | bit::suc_eof);
  descriptor(item(1), ram + 0x1000, 64, 0, 0);
  for (int i = 0; i < 64; ++i) port.push(1);
  start_out(item(0), 0);
  run_cycles(16);
  start_in(item(1), 1);
  settle();
  EXPECT_EQ(events.order.substr(events.order.find('b'), 60), std::string(60, 'b'));
}

TEST_F(GdmaBus, AccessesTakeCycles) {
  // 64 bytes word by word: two AHB cycles each; as bursts of four words: five.
  for (const bool burst : {false, true}) {
    gdma.reset();
    put(0xD0, burst ? 0x28 : 0x8);
    descriptor(item(0), ram, 64, 64, 0, bit::owner | bit::suc_eof);
    start_out(item(0));
    while (out_level() == 0) run(cpu_cycle);
    const Time first = timeline.now();
    while ((get(0xD8) & 1) == 0) run(cpu_cycle);
    EXPECT_EQ(timeline.now() - first, burst ? (4 * 5 - 2) * apb_cycle : 15 * 2 * apb_cycle);
  }
}

TEST_F(GdmaBus, ASlowerBusIsSlower) {
  clocks.set_cpu_and_apb(50 * nanosecond, 50 * nanosecond);
  descriptor(item(0), ram, 64, 64, 0, bit::owner | bit::suc_eof);
  start_out(item(0));
  run(1500 * nanosecond);
  EXPECT_EQ(out_level(), 0u);
  run(500 * nanosecond);
  EXPECT_GT(out_level(), 0u);
}

TEST_F(GdmaBus, TheMastersResetHoldsTheBus) {
  connect(0);
  const auto data = pattern(64);
  fill(ram, data);
  descriptor(item(0), ram, 64, 64, 0, bit::owner | bit::suc_eof);
  start_out(item(0));
  run_cycles(70);
  put(0x44, 1);
  const unsigned level = out_level();
  settle();
  EXPECT_EQ(out_level(), level);
  put(0x44, 8);
  EXPECT_EQ(pop_all(64), data) << "nothing is lost, nothing comes twice";
}

TEST_F(GdmaBus, DescriptorFetchesCompeteToo) {
  put(0xFC, 9, 2);
  for (unsigned channel = 0; channel < 3; ++channel) {
    for (unsigned i = 0; i < 8; ++i)
      descriptor(item(8 * channel + i), ram, 1, 1, i < 7 ? item(8 * channel + i + 1) : 0,
                 bit::owner | bit::suc_eof);
    start_out(item(8 * channel), channel);
  }
  settle();
  EXPECT_EQ(events.order.substr(0, 8), "CCCCCCCC");
  EXPECT_EQ(events.order.size(), 24u);
}

}  // namespace
}  // namespace ferry::board
