// GDMA's registers as the manual lists them: reset values, who may change what, and what reads back.
#include "tests/board/gdma_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;

class GdmaRegisters : public GdmaRig {};

TEST_F(GdmaRegisters, ResetValues) {
  const std::map<std::uint32_t, std::uint32_t> common{{0x40, 0}, {0x44, 0}, {0x48, 0x2008250}};
  const std::map<std::uint32_t, std::uint32_t> of_channel{
      {0x00, 0},         {0x04, 0},         {0x08, 0},         {0x0C, 0},        {0x70, 0},    {0x74, 0},
      {0x78, 0x7800003}, {0x7C, 0x800},     {0x80, 0x1100000}, {0x84, 0},        {0x88, 0},    {0x8C, 0},
      {0x90, 0},         {0x94, 0},         {0x98, 0},         {0x9C, 0},        {0xA0, 0x3F}, {0xD0, 0x8},
      {0xD4, 0},         {0xD8, 0x7800002}, {0xDC, 0},         {0xE0, 0x800000}, {0xE4, 0},    {0xE8, 0},
      {0xEC, 0},         {0xF0, 0},         {0xF4, 0},         {0xF8, 0},        {0xFC, 0},    {0x100, 0x3F}};
  for (int round = 0; round < 2; ++round) {
    for (const auto& [offset, value] : common) EXPECT_EQ(get(offset), value) << std::hex << offset;
    for (unsigned channel = 0; channel < 3; ++channel)
      for (const auto& [offset, value] : of_channel)
        EXPECT_EQ(get(offset, channel), value) << std::hex << offset << " of channel " << channel;
    // Whatever has happened, a reset leads back there.
    connect(1);
    descriptor(item(0), ram, 100, 100, 0, bit::owner | bit::suc_eof);
    start_out(item(0), 1);
    start_in(0x3FC0'0000, 1);
    for (unsigned channel = 0; channel < 3; ++channel) put(0x08, 0x1FFF, channel);
    settle();
    EXPECT_NE(raw(1), 0u);
    EXPECT_TRUE(lines.levels[45]);
    gdma.reset();
    EXPECT_FALSE(lines.levels[45]);
  }
}

TEST_F(GdmaRegisters, StoresReachWhatTheyMay) {
  for (unsigned channel = 0; channel < 3; ++channel) {
    put(0x00, 0x1FFF, channel);
    EXPECT_EQ(raw(channel), 0u) << "INT_RAW is not writable on GDMA";
    put(0x04, 0x1FFF, channel);
    EXPECT_EQ(get(0x04, channel), 0u);
    put(0x08, ~0u, channel);
    EXPECT_EQ(get(0x08, channel), 0x1FFFu);
    put(0x70, 0x1E, channel);
    EXPECT_EQ(get(0x70, channel), 0x1Eu);
    put(0x74, ~0u, channel);
    EXPECT_EQ(get(0x74, channel), 0x1000u);
    put(0x9C, ~0u, channel);
    EXPECT_EQ(get(0x9C, channel), 0xFu);
    put(0xA0, 5, channel);
    EXPECT_EQ(get(0xA0, channel), 5u);
    put(0xD0, 0x3E, channel);
    EXPECT_EQ(get(0xD0, channel), 0x3Eu);
    for (const std::uint32_t read_only :
         {0x78u, 0x84u, 0x88u, 0x8Cu, 0x90u, 0x94u, 0x98u, 0xD8u, 0xE4u, 0xE8u, 0xECu, 0xF0u, 0xF4u, 0xF8u}) {
      const std::uint32_t before = get(read_only, channel);
      put(read_only, ~before, channel);
      EXPECT_EQ(get(read_only, channel), before) << std::hex << read_only;
    }
  }
  put(0x44, 0xC, 0);
  EXPECT_EQ(get(0x44), 0xCu);
}

TEST_F(GdmaRegisters, LinkBitsClearThemselvesAndTheAddressStays) {
  descriptor(item(0), ram, 8, 8);
  start_out(item(0));
  EXPECT_EQ(get(0xE0) & (bit::out_start | bit::out_stop | bit::out_restart), 0u);
  EXPECT_EQ(get(0xE0) & 0xF'FFFF, item(0) & 0xF'FFFF);
  start_in(item(0));
  EXPECT_EQ(get(0x80) & (bit::in_start | bit::in_stop | bit::in_restart), 0u);
  EXPECT_EQ(get(0x80) & 0x1F'FFFF, (item(0) & 0xF'FFFF) | 1u << 20);
  put(0x80, bit::in_stop);
  EXPECT_EQ(get(0x80) & 0xFF'FFFF, 0u) << "AUTO_RET is a plain bit";
}

TEST_F(GdmaRegisters, ParkFollowsTheLink) {
  descriptor(item(0), ram, 100, 100);
  EXPECT_TRUE(out_parked());
  start_out(item(0));
  EXPECT_FALSE(out_parked());
  settle();
  EXPECT_FALSE(out_parked()) << "100 bytes do not fit into the FIFO";
  put(0xE0, bit::out_stop);
  EXPECT_TRUE(out_parked());
  start_in(item(0));
  settle();
  EXPECT_FALSE(in_parked());
  put(0x80, bit::in_stop);
  EXPECT_TRUE(in_parked());
}

TEST_F(GdmaRegisters, FifoStatusOfTheTransmitSide) {
  connect(0);
  descriptor(item(0), ram, 2, 2);
  start_out(item(0));
  settle();
  EXPECT_EQ(get(0xD8), 2u << 2 | 1u << 25 | 1u << 26) << "two bytes: under 3, under 4";
  port.pop();
  EXPECT_EQ(get(0xD8), 1u << 2 | 1u << 24 | 1u << 25 | 1u << 26);
  port.pop();
  EXPECT_EQ(get(0xD8), 0x7800002u);
  descriptor(item(0), ram, 1000, 1000);
  start_out(item(0));
  settle();
  EXPECT_EQ(get(0xD8), 63u << 2 | 1) << "full: 64 bytes, of which six bits can count 63";
}

TEST_F(GdmaRegisters, FifoStatusOfTheReceiveSide) {
  connect(0);
  descriptor(item(0), ram, 64, 0);
  start_in(item(0));
  EXPECT_EQ(get(0x78), 0x7800002u) << "FULL falls with the first START";
  settle();
  port.push(1);
  EXPECT_EQ(get(0x78), 1u << 2 | 1u << 24 | 1u << 25 | 1u << 26);
  port.push(2);
  port.push(3);
  EXPECT_EQ(get(0x78), 3u << 2 | 1u << 26);
  port.push(4);
  EXPECT_EQ(get(0x78), 4u << 2);
  settle();
  EXPECT_EQ(get(0x78), 4u << 2) << "nobody knows yet whether the frame ends here";
  port.push(5);
  settle();
  EXPECT_EQ(get(0x78), 1u << 2 | 1u << 24 | 1u << 25 | 1u << 26) << "a word has gone to memory";
  port.end_of_frame();
  settle();
  EXPECT_EQ(get(0x78), 0x7800002u);
}

TEST_F(GdmaRegisters, InterruptAlgebraAndLines) {
  connect(2);
  put(0x08, bit::out_done, 2);
  descriptor(item(0), ram, 4, 4, 0, bit::owner | bit::suc_eof);
  start_out(item(0), 2);
  settle();
  EXPECT_EQ(raw(2), 0u);
  for (int i = 0; i < 4; ++i) port.pop();
  EXPECT_EQ(raw(2), bit::out_done | bit::out_eof | bit::out_total_eof);
  EXPECT_EQ(get(0x04, 2), bit::out_done);
  EXPECT_TRUE(lines.levels[46]);
  put(0x08, 0, 2);
  EXPECT_FALSE(lines.levels[46]);
  put(0x08, bit::out_eof | bit::in_done, 2);
  EXPECT_TRUE(lines.levels[46]);
  clear(bit::out_eof, 2);
  EXPECT_FALSE(lines.levels[46]);
  EXPECT_EQ(raw(2), bit::out_done | bit::out_total_eof);
  EXPECT_EQ(get(0x0C, 2), 0u);
  EXPECT_EQ(lines.levels.count(44) + lines.levels.count(45), 0u);
}

TEST_F(GdmaRegisters, DebugPopAndPush) {
  connect(0);
  port.push(0xA5);
  port.push(0x5A);
  put(0x7C, 1u << 12);
  EXPECT_EQ(get(0x7C), 0xA5u) << "POP clears itself";
  put(0x7C, 1u << 12);
  EXPECT_EQ(get(0x7C), 0x5Au);
  EXPECT_EQ(raw(), 0u);
  put(0x7C, 1u << 12);
  EXPECT_EQ(get(0x7C), 0x800u);
  EXPECT_EQ(raw(), bit::infifo_udf);

  put(0xDC, 0x42 | 1u << 9);
  EXPECT_EQ(get(0xDC), 0x42u);
  EXPECT_EQ(out_level(), 1u);
  EXPECT_EQ(port.pop(), 0x42);
  for (int i = 0; i < 64; ++i) put(0xDC, 1u << 9);
  EXPECT_EQ(raw() & bit::outfifo_ovf, 0u);
  put(0xDC, 1u << 9);
  EXPECT_EQ(raw() & bit::outfifo_ovf, bit::outfifo_ovf);
}

TEST_F(GdmaRegisters, AClosedGateStopsEverything) {
  connect(0);
  fill(ram, {1, 2, 3, 4, 5, 6, 7, 8});
  descriptor(item(0), ram, 8, 8);
  start_out(item(0));
  run_cycles(40);
  gdma.gate_changed({.clock = false, .reset = false});
  settle();
  EXPECT_EQ(out_level(), 0u);
  EXPECT_FALSE(port.pop().has_value());
  EXPECT_FALSE(port.push(1));
  EXPECT_EQ(raw(), 0u);
  gdma.gate_changed({.clock = true, .reset = false});
  settle();
  EXPECT_EQ(pop_all(8), (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(GdmaRegisters, SelectorsDecideWhoMeetsAChannel) {
  DmaPort& sha = gdma.port(chip::DmaPeripheral::sha);
  DmaPort& none = gdma.port(chip::DmaPeripheral::none);
  fill(ram, {7, 8, 9, 10});
  descriptor(item(0), ram, 4, 4, 0, bit::owner | bit::suc_eof);
  start_out(item(0), 1);
  settle();
  EXPECT_FALSE(none.pop().has_value()) << "0x3F selects nothing";
  EXPECT_FALSE(none.push(1));
  EXPECT_FALSE(port.pop().has_value());
  EXPECT_FALSE(port.push(1)) << "no channel";
  EXPECT_EQ(raw(0) | raw(1) | raw(2), 0u);
  put(0x100, 7, 1);
  EXPECT_EQ(sha.pop(), 7);
  EXPECT_FALSE(port.pop().has_value());
  put(0x100, 0, 1);
  EXPECT_EQ(port.pop(), 8);
  put(0x100, 5, 1);
  EXPECT_FALSE(gdma.port(static_cast<chip::DmaPeripheral>(5)).pop().has_value()) << "5 is reserved";
  EXPECT_TRUE(events.notices.empty());
  put(0x100, 0, 1);
  put(0x100, 0, 2);
  EXPECT_THAT(events.notices, ElementsAre(testing::HasSubstr("channels 1 and 2 select the same peripheral")));
  EXPECT_EQ(port.pop(), 9) << "the lower channel has it";
}

}  // namespace
}  // namespace ferry::board
