// SPI2 as a slave in full duplex: modes, buffer and DMA, chip select, errors, and another SPI2 as its master.
#include "tests/board/spi2_slave_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Spi2Slave : public Spi2SlaveRig {};

TEST_F(Spi2Slave, EveryModeByTheBuffer) {
  for (const unsigned mode : {0u, 1u, 2u, 3u}) {
    be_slave(mode);
    put_buffer({0xA6, 0x59, 0x01});
    EXPECT_EQ(exchange({0x3C, 0xC5, 0x80}), (Bytes{0xA6, 0x59, 0x01})) << mode;
    EXPECT_EQ(buffer(0, 3), (Bytes{0x3C, 0xC5, 0x80})) << mode;
    EXPECT_EQ(interrupts(), spi::trans_done);
    EXPECT_EQ(data_bits(), 24u);
    EXPECT_THAT(events.phases, ElementsAre("data", "idle"));
  }
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(Spi2Slave, BitOrderByDirection) {
  be_slave();
  spi_put(spi::ctrl, spi::wr_lsb_first);
  put_buffer({0x2F});
  EXPECT_EQ(exchange({0x2F}), Bytes{0xF4});
  EXPECT_EQ(buffer(0, 1), Bytes{0x2F});
  spi_put(spi::ctrl, spi::rd_lsb_first);
  put_buffer({0x2F});
  EXPECT_EQ(exchange({0x2F}), Bytes{0x2F});
  EXPECT_EQ(buffer(0, 1), Bytes{0xF4});
}

TEST_F(Spi2Slave, NothingOnTheLinesUnlessSelected) {
  be_slave();
  put_buffer({0xFF});
  EXPECT_FALSE(pins.level(miso_pin)) << "it floats";
  for (int clock = 0; clock < 8; ++clock) clock_once(1, 1);
  EXPECT_EQ(interrupts(), 0u);
  EXPECT_EQ(buffer(0, 1), Bytes{0xFF});
  select();
  EXPECT_TRUE(pins.level(miso_pin));
  EXPECT_FALSE(pins.level(hd_pin));
  deselect();
  EXPECT_FALSE(pins.level(miso_pin));
  EXPECT_THAT(events.notices, IsEmpty()) << "nobody fought over clock and select";
}

TEST_F(Spi2Slave, TransDoneComesTwoApbCyclesAfterSelect) {
  be_slave();
  select();
  write_byte(0x12);
  pins.drive_from_outside(select_pin, true);
  run(2 * apb_cycle - 1);
  EXPECT_EQ(interrupts(), 0u);
  run(1);
  EXPECT_EQ(interrupts(), spi::trans_done);
  // A select that is too short is not seen, one that is just long enough is a transaction without bits.
  spi_put(spi::int_clr, ~0u);
  pins.drive_from_outside(select_pin, false);
  run(2 * apb_cycle - 1);
  pins.drive_from_outside(select_pin, true);
  run(microsecond);
  EXPECT_EQ(interrupts(), 0u);
  pins.drive_from_outside(select_pin, false);
  run(2 * apb_cycle);
  pins.drive_from_outside(select_pin, true);
  run(microsecond);
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_EQ(data_bits(), 0u);
}

TEST_F(Spi2Slave, PolarityOfSelectAndDisabledSelect) {
  be_slave();
  spi_put(spi::misc, 0x3E | spi::slave_cs_pol);
  pins.drive_from_outside(select_pin, false);
  run(microsecond);
  put_buffer({0x77});
  pins.drive_from_outside(select_pin, true);
  EXPECT_EQ(read_byte(), 0x77);
  pins.drive_from_outside(select_pin, false);
  run(microsecond);
  EXPECT_EQ(interrupts(), spi::trans_done);
  be_slave();
  spi_put(spi::misc, 0x3F);
  EXPECT_EQ(exchange({0x12}), Bytes{0});
  EXPECT_EQ(interrupts(), 0u);
}

TEST_F(Spi2Slave, UsrReadsOneUntilTheTransactionIsOver) {
  be_slave();
  spi_put(spi::cmd, spi::usr);
  run(millisecond);
  EXPECT_TRUE(busy());
  exchange({1});
  EXPECT_FALSE(busy());
  exchange({2});
  EXPECT_EQ(buffer(0, 1), Bytes{2}) << "it also works without";
}

TEST_F(Spi2Slave, ExtraBitsAreCountedAndLost) {
  be_slave();
  put_buffer({0, 0});
  select();
  write_byte(0xAB);
  for (int bit = 0; bit < 3; ++bit) clock_once(1, 1);
  deselect();
  EXPECT_EQ(data_bits(), 11u);
  EXPECT_EQ(buffer(0, 2), (Bytes{0xAB, 0}));
}

TEST_F(Spi2Slave, BeyondTheBufferTheLastByteTakesItAll) {
  be_slave();
  Bytes out(66), sent(64);
  for (unsigned i = 0; i < 66; ++i) out[i] = static_cast<std::uint8_t>(i + 100);
  for (unsigned i = 0; i < 64; ++i) sent[i] = static_cast<std::uint8_t>(i);
  put_buffer(sent);
  const Bytes read = exchange(out);
  EXPECT_EQ(Bytes(read.begin(), read.begin() + 64), sent);
  EXPECT_EQ(buffer(0, 63), Bytes(out.begin(), out.begin() + 63));
  EXPECT_EQ(buffer(63, 1), Bytes{165});
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_buf_addr_err);
  put_buffer(sent);
  exchange(Bytes(64, 0x11));
  spi_put(spi::int_clr, ~0u);
  exchange(Bytes(64, 0x11));
  EXPECT_EQ(interrupts(), spi::trans_done) << "64 bytes fit";
}

TEST_F(Spi2Slave, DataOutHalfAClockEarly) {
  for (const unsigned mode : {0u, 1u, 2u, 3u}) {
    be_slave(mode, spi::doutdin, spi::rsck_data_out);
    put_buffer({0xA6, 0x59});
    EXPECT_EQ(exchange({0x3C, 0xC5}), (Bytes{0xA6, 0x59})) << "a master that samples at the very edge";
    // Bits change with the edge that samples.
    const auto samples = probe.times(clock_pin, mode == 0 || mode == 3);
    std::size_t with_samples = 0;
    for (const auto& edge : probe.of(miso_pin))
      with_samples += std::ranges::find(samples, edge.time) != samples.end() ? 1u : 0u;
    EXPECT_GE(with_samples, probe.of(miso_pin).size() - 2) << "but for select";
  }
}

TEST_F(Spi2Slave, ByDmaInBothDirections) {
  be_slave();
  spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena);
  const Bytes sent = pattern(100, 7), got = pattern(100, 8);
  fill(ram, sent);
  descriptor(list, ram, 100, 100, 0, bit::owner | bit::suc_eof);
  descriptor(item(4), ram + 0x1000, 64, 0, item(5));
  descriptor(item(5), ram + 0x1100, 64, 0);
  start_out(list);
  start_in(item(4));
  settle();
  EXPECT_EQ(exchange(got), sent);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done) << "no error: exactly as many bytes as there are";
  EXPECT_EQ(bytes_at(ram + 0x1000, 64), Bytes(got.begin(), got.begin() + 64));
  EXPECT_EQ(bytes_at(ram + 0x1100, 36), Bytes(got.begin() + 64, got.end()));
  EXPECT_EQ(raw() & (bit::in_suc_eof | bit::out_total_eof), bit::in_suc_eof | bit::out_total_eof);
  EXPECT_EQ(data_bits(), 800u);
}

TEST_F(Spi2Slave, EveryModeByDma) {
  for (const unsigned mode : {0u, 1u, 2u, 3u}) {
    reset_out();
    reset_in();
    be_slave(mode);
    spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena | spi::rx_afifo_rst | spi::dma_afifo_rst);
    fill(ram, {0xA6, 0x59});
    descriptor(list, ram, 2, 2, 0, bit::owner | bit::suc_eof);
    descriptor(item(4), ram + 0x1000, 64, 0);
    start_out(list);
    start_in(item(4));
    settle();
    EXPECT_EQ(exchange({0x3C, 0xC5}), (Bytes{0xA6, 0x59}));
    settle();
    EXPECT_EQ(bytes_at(ram + 0x1000, 2), (Bytes{0x3C, 0xC5}));
    EXPECT_EQ(interrupts(), spi::trans_done) << mode;
  }
}

TEST_F(Spi2Slave, AListThatIsTooShortRepeatsItsLastByte) {
  be_slave();
  spi_put(spi::dma_conf, spi::tx_ena);
  fill(ram, {0x11, 0x22});
  descriptor(list, ram, 2, 2, 0, bit::owner | bit::suc_eof);
  start_out(list);
  settle();
  EXPECT_EQ(exchange({0, 0, 0, 0}), (Bytes{0x11, 0x22, 0x22, 0x22}));
  EXPECT_EQ(interrupts(), spi::trans_done | spi::outfifo_empty);
}

TEST_F(Spi2Slave, ALongerListGoesOnInTheNextTransaction) {
  be_slave();
  spi_put(spi::dma_conf, spi::tx_ena);
  fill(ram, {1, 2, 3, 4, 5, 6});
  descriptor(list, ram, 6, 6, 0, bit::owner | bit::suc_eof);
  start_out(list);
  settle();
  EXPECT_EQ(exchange({0, 0}), (Bytes{1, 2}));
  EXPECT_EQ(exchange({0}), (Bytes{3}));
  EXPECT_EQ(exchange({0, 0, 0}), (Bytes{4, 5, 6}));
  EXPECT_EQ(interrupts(), spi::trans_done);
}

TEST_F(Spi2Slave, WithoutRoomBytesAreLostAndTheFrameDoesNotEnd) {
  be_slave();
  spi_put(spi::dma_conf, spi::rx_ena);
  exchange(Bytes(70, 0x12));  // GDMA has 64, SPI2 four: nobody started a list
  EXPECT_EQ(interrupts(), spi::trans_done | spi::infifo_full);
  settle();
  EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
}

TEST_F(Spi2Slave, TheFrameEndsByLengthWithRxEof) {
  be_slave();
  spi_put(spi::ms_dlen, 8 * 4 - 1);
  spi_put(spi::dma_conf, spi::rx_ena | spi::rx_eof_en);
  descriptor(list, ram, 64, 0, item(1));
  descriptor(item(1), ram + 64, 64, 0);
  start_in(list);
  exchange({1, 2, 3, 4, 5, 6});
  settle();
  EXPECT_EQ(peek(list) >> 12 & 0xFFF, 4u);
  EXPECT_EQ(peek(list) & bit::suc_eof, bit::suc_eof);
  EXPECT_EQ(peek(item(1)) >> 12 & 0xFFF, 2u) << "the rest ends with chip select";
  EXPECT_EQ(peek(item(1)) & bit::suc_eof, bit::suc_eof);
}

// Full duplex in segments: transactions until a length is reached make one frame.
TEST_F(Spi2Slave, SegmentsInFullDuplexEndByLength) {
  be_slave();
  spi_put(spi::ms_dlen, 8 * 5 - 1);
  spi_put(spi::dma_conf, spi::rx_ena | spi::rx_eof_en | spi::seg_trans_en);
  descriptor(list, ram, 64, 0, item(1));
  descriptor(item(1), ram + 64, 64, 0);
  start_in(list);
  exchange({1, 2});
  settle();
  EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
  exchange({3, 4, 5});
  settle();
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
  EXPECT_EQ(bytes_at(ram, 5), (Bytes{1, 2, 3, 4, 5}));
  // RX_EOF_EN from 0 to 1 starts the count anew.
  exchange({6, 7});
  spi_put(spi::dma_conf, spi::rx_ena | spi::seg_trans_en);
  spi_put(spi::dma_conf, spi::rx_ena | spi::rx_eof_en | spi::seg_trans_en);
  clear(~0u);
  exchange({8, 9, 10});
  settle();
  EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
  exchange({11, 12});
  settle();
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
}

TEST_F(Spi2Slave, SoftResetAndGateForgetTheTransaction) {
  be_slave();
  put_buffer({0xFF, 0xFF});
  for (const bool by_gate : {false, true}) {
    select();
    write_byte(0x12);
    if (by_gate) {
      device.gate_changed({.clock = false, .reset = false});
      device.gate_changed({.clock = true, .reset = false});
    } else {
      spi_put(spi::slave, spi_get(spi::slave) | 1u << 27);
    }
    write_byte(0x34);
    deselect();
    EXPECT_EQ(interrupts(), 0u);
    EXPECT_EQ(buffer(0, 2), (Bytes{0x12, 0xFF}));
    exchange({0x56});
    EXPECT_EQ(buffer(0, 1), Bytes{0x56});
    spi_put(spi::int_clr, ~0u);
  }
}

TEST_F(Spi2Slave, BackToBeingAMaster) {
  be_slave();
  exchange({1});
  for (const unsigned pin : {clock_pin, select_pin, mosi_pin}) pins.drive_from_outside(pin, std::nullopt);
  set_up();
  put_buffer({0x5A});
  transfer(8);
  EXPECT_EQ(decode(mosi_pin, true), Bytes{0x5A});
  EXPECT_THAT(events.notices, IsEmpty());
}

// A second chip's SPI2, all of whose pads are wired to this one's.
TEST_F(Spi2Slave, AnotherChipAsItsMasterAtFortyMegahertz) {
  Pins other_pins{observers};
  Gdma other_gdma{timeline, clocks, memory, lines, observers};
  Spi2 master{timeline, clocks, other_pins, other_gdma.port(chip::DmaPeripheral::spi2), lines, observers};
  other_pins.configure(clock_pin, {.output_signal = chip::signal::fspiclk});
  other_pins.configure(mosi_pin, {.output_signal = chip::signal::fspid});
  other_pins.configure(select_pin, {.output_signal = chip::signal::fspics0});
  other_pins.configure(miso_pin, {.output_signal = no_signal, .input_enabled = true});
  other_pins.route_input(chip::signal::fspiq, {.from = InputRoute::From::pad, .pin = miso_pin});
  for (const unsigned mode : {0u, 1u, 2u, 3u}) {
    be_slave(mode);
    for (const unsigned pin : {clock_pin, mosi_pin, select_pin}) {
      pins.drive_from_outside(pin, other_pins.level(pin));
      if (mode == 0)
        other_pins.listen_pad(pin, [this, pin](bool level) { pins.drive_from_outside(pin, level); });
    }
    if (mode == 0)
      pins.listen_pad(miso_pin, [&](bool level) { other_pins.drive_from_outside(miso_pin, level); });
    put_buffer({0xA6, 0x59, 0x80, 0x01});
    master.write(spi::clk_gate, 7);
    master.write(spi::clock, 0x001001);
    master.write(spi::user,
                 spi::doutdin | spi::mosi | spi::miso | (mode == 1 || mode == 2 ? spi::ck_out_edge : 0));
    master.write(spi::misc, 0x3E | (mode >= 2 ? spi::ck_idle_edge : 0));
    master.write(spi::ms_dlen, 31);
    master.write(spi::w0, 0x01'80'C5'3C);
    master.write(spi::cmd, spi::update);
    run(microsecond);
    spi_put(spi::int_clr, ~0u);
    master.write(spi::cmd, spi::usr);
    run(2 * microsecond);
    EXPECT_EQ(master.read(spi::w0), 0x01'80'59'A6u) << mode;
    EXPECT_EQ(buffer(0, 4), (Bytes{0x3C, 0xC5, 0x80, 0x01})) << mode;
    EXPECT_EQ(interrupts(), spi::trans_done);
  }
}

}  // namespace
}  // namespace ferry::board
