// SPI2's registers as the manual lists them, the UPDATE handshake, and what it takes for the engine to run.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Spi2Registers : public Spi2Rig {};

TEST_F(Spi2Registers, ResetValues) {
  const std::map<std::uint32_t, std::uint32_t> values{
      {0x00, 0},          {0x04, 0},          {0x08, 0x3C0000},  {0x0C, 0x80003043}, {0x10, 0x800000C0},
      {0x14, 0xB8410007}, {0x18, 0x78000000}, {0x1C, 0},         {0x20, 0x3E},       {0x24, 0},
      {0x28, 0},          {0x2C, 0},          {0x30, 0},         {0x34, 0},          {0x38, 0},
      {0x3C, 0},          {0x40, 0},          {0xE0, 0x2800000}, {0xE4, 0},          {0xE8, 0},
      {0xF0, 0x2007220}};
  for (int round = 0; round < 2; ++round) {
    for (const auto& [offset, value] : values) EXPECT_EQ(spi_get(offset), value) << std::hex << offset;
    for (std::uint32_t offset = spi::w0; offset < 0xD8; offset += 4) EXPECT_EQ(spi_get(offset), 0u);
    set_up();
    put_buffer({1, 2, 3});
    spi_put(spi::int_ena, spi::trans_done);
    transfer(24);
    EXPECT_TRUE(lines.levels[19]);
    device.reset();
    EXPECT_FALSE(lines.levels[19]);
  }
}

TEST_F(Spi2Registers, StoresReachWhatTheyMay) {
  spi_put(spi::dma_conf, ~0u);
  EXPECT_EQ(spi_get(spi::dma_conf), 0x183C'0000u) << "AFIFO resets are triggers and read 0";
  spi_put(spi::slave, 1u << 27);
  EXPECT_EQ(spi_get(spi::slave), 0u);
  spi_put(spi::int_st, ~0u);
  EXPECT_EQ(spi_get(spi::int_st), 0u);
  spi_put(spi::ms_dlen, ~0u);
  EXPECT_EQ(spi_get(spi::ms_dlen), 0x3'FFFFu);
  spi_put(spi::cmd, 0x3'FFFF);
  EXPECT_EQ(spi_get(spi::cmd), 0x3'FFFFu);
  EXPECT_FALSE(busy());
}

// Unlike GDMA's, SPI2's raw bits can be set and cleared by stores: IDF raises its own interrupt that way.
TEST_F(Spi2Registers, RawBitsAreWritable) {
  spi_put(spi::int_ena, spi::trans_done | 1u << 20);
  spi_put(spi::int_raw, spi::trans_done | 1u << 19);
  EXPECT_EQ(interrupts(), spi::trans_done | 1u << 19);
  EXPECT_EQ(spi_get(spi::int_st), spi::trans_done);
  EXPECT_TRUE(lines.levels[19]);
  spi_put(spi::int_raw, 0);
  EXPECT_FALSE(lines.levels[19]);
  spi_put(spi::int_raw, 0x1F'FFFF);
  EXPECT_EQ(interrupts(), 0x1F'FFFFu);
  spi_put(spi::int_clr, spi::trans_done | 1);
  EXPECT_EQ(interrupts(), 0x1F'FFFFu & ~(spi::trans_done | 1));
  EXPECT_EQ(spi_get(spi::int_clr), 0u);
  spi_put(spi::int_clr, ~0u);
  EXPECT_EQ(interrupts(), 0u);
}

TEST_F(Spi2Registers, UpdateClearsItselfAfterAWhile) {
  set_up();
  spi_put(spi::cmd, spi::update);
  EXPECT_EQ(spi_get(spi::cmd), spi::update);
  run(2 * cpu_cycle);
  EXPECT_EQ(spi_get(spi::cmd), spi::update);
  run(100 * nanosecond);
  EXPECT_EQ(spi_get(spi::cmd), 0u);
}

TEST_F(Spi2Registers, ConfigurationCountsFromUpdateOn) {
  set_up();
  put_buffer({0xA5, 0x5A});
  transfer(16);
  EXPECT_THAT(probe.times(clock_pin, true), testing::SizeIs(16));
  EXPECT_THAT(events.notices, IsEmpty());
  spi_put(spi::ms_dlen, 7);
  probe.edges.clear();
  spi_put(spi::cmd, spi::usr);
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), testing::SizeIs(16)) << "the new length was not copied";
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("registers have changed since the last CMD.UPDATE")));
  probe.edges.clear();
  update();
  spi_put(spi::cmd, spi::usr);
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), testing::SizeIs(8));
}

TEST_F(Spi2Registers, UsrBeforeUpdateIsOverRunsWithTheOldConfiguration) {
  set_up();
  transfer(8);
  spi_put(spi::ms_dlen, 15);
  probe.edges.clear();
  spi_put(spi::cmd, spi::update);
  spi_put(spi::cmd, spi::usr);
  run(20 * nanosecond);
  run(20 * microsecond);
  EXPECT_FALSE(busy());
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("CMD.UPDATE still reads 1")));
}

// After reset USER.USR_COMMAND is 1 and USER2 asks for eight bits: who does not clear it sends a command.
TEST_F(Spi2Registers, ResetValuesSendACommand) {
  spi_put(spi::clk_gate, 3);
  spi_put(spi::clock, spi::one_megahertz);
  spi_put(spi::user2, spi_get(spi::user2) | 0xC3);
  transfer(8);
  EXPECT_EQ(decode(mosi_pin, true), (std::vector<std::uint8_t>{0xC3}));
  EXPECT_THAT(events.phases, ElementsAre("prep", "cmd", "done", "idle"));
}

TEST_F(Spi2Registers, TheEngineNeedsItsClockGate) {
  for (const std::uint32_t gate : {0u, 1u, 2u}) {
    device.reset();
    set_up(spi::one_megahertz, gate);
    spi_put(spi::cmd, spi::update);
    run(millisecond);
    EXPECT_EQ(spi_get(spi::cmd), spi::update) << "CLK_GATE = " << gate;
    spi_put(spi::cmd, spi::usr);
    run(millisecond);
    EXPECT_TRUE(busy());
    EXPECT_EQ(interrupts(), 0u);
    // It goes on when the clock comes.
    spi_put(spi::clk_gate, 3);
    run(millisecond);
    EXPECT_FALSE(busy());
    EXPECT_EQ(interrupts(), spi::trans_done);
  }
  EXPECT_THAT(events.notices, testing::Contains(HasSubstr("CLK_GATE.MST_CLK_ACTIVE must be 1")));
}

TEST_F(Spi2Registers, EightyMegahertzNeedThePll) {
  clocks.set_pll_running(false);
  set_up(spi::one_megahertz, 7);
  spi_put(spi::cmd, spi::update);
  run(millisecond);
  EXPECT_EQ(spi_get(spi::cmd), spi::update);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("the 80 MHz of the PLL, which does not run")));
  EXPECT_FALSE(device.pure(spi::cmd));
  clocks.set_pll_running(true);
  run(millisecond);
  EXPECT_EQ(spi_get(spi::cmd), spi::update) << "nobody has looked, nothing has told the device";
  run(microsecond);
  EXPECT_EQ(spi_get(spi::cmd), 0u);
  EXPECT_TRUE(device.pure(spi::cmd));
  begin(80);
  run(5 * microsecond);
  clocks.set_pll_running(false);
  run(millisecond);
  EXPECT_TRUE(busy());
  const auto edges = probe.edges.size();
  run(millisecond);
  EXPECT_EQ(probe.edges.size(), edges);
  clocks.set_pll_running(true);
  clocks.set_cpu_and_apb(cpu_cycle, apb_cycle);  // what a switch of the CPU's clock does
  run(100 * microsecond);
  EXPECT_FALSE(busy());
  EXPECT_THAT(probe.times(clock_pin, true), testing::SizeIs(80));
}

TEST_F(Spi2Registers, AClosedGateFreezesATransfer) {
  set_up();
  begin(80);
  run(10 * microsecond);
  device.gate_changed({.clock = false, .reset = false});
  const auto edges = probe.edges.size();
  run(millisecond);
  EXPECT_EQ(probe.edges.size(), edges);
  device.gate_changed({.clock = true, .reset = false});
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), testing::SizeIs(80));
}

TEST_F(Spi2Registers, ResetLetsThePinsGoIdle) {
  set_up();
  spi_put(spi::misc, spi::ck_idle_edge);
  put_buffer({0, 0, 0});
  begin(24);
  run(5 * microsecond);
  EXPECT_FALSE(pins.level(select_pin));
  EXPECT_FALSE(pins.level(mosi_pin));
  device.reset();
  EXPECT_TRUE(pins.level(select_pin));
  EXPECT_TRUE(pins.level(select1_pin));
  EXPECT_TRUE(pins.level(mosi_pin)) << "D_POL is 1 after reset";
  EXPECT_FALSE(pins.level(clock_pin));
  EXPECT_FALSE(busy());
  run(millisecond);
  EXPECT_EQ(interrupts(), 0u);
}

TEST_F(Spi2Registers, SoftResetEndsATransferWithoutTransDone) {
  set_up();
  begin(800);
  run(10 * microsecond);
  spi_put(spi::slave, 1u << 27);
  EXPECT_FALSE(busy());
  EXPECT_TRUE(pins.level(select_pin));
  EXPECT_FALSE(pins.level(clock_pin));
  const auto edges = probe.edges.size();
  run(millisecond);
  EXPECT_EQ(probe.edges.size(), edges);
  EXPECT_EQ(interrupts(), 0u);
  EXPECT_EQ(events.phases.back(), "idle");
  transfer(8);
  EXPECT_EQ(interrupts(), spi::trans_done);
}

TEST_F(Spi2Registers, NothingToDoIsDoneAtOnce) {
  set_up();
  spi_put(spi::user, spi::doutdin);
  transfer(8);
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_THAT(probe.of(clock_pin), IsEmpty());
  EXPECT_THAT(events.phases, ElementsAre("prep", "done", "idle"));
}

}  // namespace
}  // namespace ferry::board
