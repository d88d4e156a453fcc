// Whatever is written to the registers of SPI2 and GDMA, and whatever lies in memory: no crash, no endless
// event, no FIFO beyond its end. Run under the sanitizers.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

class Spi2Robustness : public Spi2Rig {};

TEST_F(Spi2Robustness, RandomStores) {
  loop_back();
  constexpr std::uint32_t gdma_registers[] = {0x00, 0x08, 0x0C, 0x44, 0x70, 0x74, 0x78,
                                              0x7C, 0x80, 0x80, 0x80, 0x9C, 0xA0, 0xD0,
                                              0xD4, 0xDC, 0xE0, 0xE0, 0xE0, 0xFC, 0x100};
  constexpr std::uint32_t spi_registers[] = {0x00, 0x00, 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14,
                                             0x18, 0x1C, 0x20, 0x24, 0x28, 0x2C, 0x30, 0x34,
                                             0x38, 0x3C, 0x98, 0xD4, 0xE0, 0xE8, 0xF0};
  Random random(930);
  std::uint32_t dma_bits = 0;
  for (int round = 0; round < 300; ++round) {
    gdma.reset();
    device.reset();
    clocks.set_pll_running(random() % 8 != 0);
    // Lists that hang together most of the time.
    for (unsigned i = 0; i < 64; ++i) {
      const auto word = [&] { return random() % 8 == 0 ? random() : ram + random() % 0x5'0000; };
      descriptor(item(i), word(), random() % 8 == 0 ? random() & 0xFFF : random() % 64, random() % 64,
                 random() % 16 == 0  ? word()
                 : random() % 4 == 0 ? 0
                                     : item(random() % 64),
                 random() & (bit::owner | bit::suc_eof));
    }
    if (random() % 4 != 0) set_up(0x001001, 3);
    const std::uint64_t before = timeline.events_run();
    const Time start = timeline.now();
    for (int store = 0; store < 200; ++store) {
      const unsigned channel = random() % 3;
      if (random() % 2 == 0) {
        const std::uint32_t offset = gdma_registers[random() % std::size(gdma_registers)];
        std::uint32_t value = random() % 3 == 0 ? random() : random() & random() & random();
        if (offset == 0x80 || offset == 0xE0) value = (value & ~0xF'FFFFu) | (item(random() % 64) & 0xF'FFFF);
        if ((offset == 0xA0 || offset == 0x100) && random() % 4 != 0) value = random() % 4 == 0 ? 2 : 0;
        put(offset, value, channel);
      } else {
        const std::uint32_t offset = spi_registers[random() % std::size(spi_registers)];
        std::uint32_t value = random() % 3 == 0 ? random() : random() & random() & random();
        if (offset == 0x00) value |= random() % 2 == 0 ? spi::update : spi::usr;
        if (offset == 0x1C) value &= 0x3FF;
        if (offset == 0xE8) value |= 3;
        if (offset == 0x08 || offset == 0x10) value &= ~(random() % 4 == 0 ? 0u : 0xF3E8u);
        spi_put(offset, value);
      }
      if (random() % 64 == 0) device.gate_changed({.clock = random() % 4 != 0, .reset = false});
      if (random() % 64 == 0) gdma.gate_changed({.clock = random() % 4 != 0, .reset = false});
      run(random() % 4 == 0 ? random() % (20 * microsecond) : random() % microsecond);
      for (unsigned other = 0; other < 3; ++other) {
        ASSERT_LE(out_level(other), 63u);
        ASSERT_LE(in_level(other), 63u);
        ASSERT_EQ(get(0x04, other), get(0x00, other) & get(0x08, other));
        dma_bits |= raw(other);
      }
    }
    // Time passes between events: at most one access per two bus cycles and two clock edges per SPI period.
    const Time passed = timeline.now() - start;
    ASSERT_LT(timeline.events_run() - before, passed / apb_cycle * 3 + 1000);
    device.gate_changed({.clock = true, .reset = false});
    gdma.gate_changed({.clock = true, .reset = false});
  }
  // The stores reached nearly all of GDMA: IN_ERR_EOF is for UHCI0 alone, INFIFO_OVF takes more luck than
  // this.
  const std::uint32_t expected = 0x1FFFu & ~(bit::in_err_eof | bit::infifo_ovf);
  EXPECT_EQ(dma_bits & expected, expected);
}

}  // namespace
}  // namespace ferry::board
