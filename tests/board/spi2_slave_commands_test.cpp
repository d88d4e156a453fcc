// SPI2 as a slave in half duplex: the commands of the manual's tables 27.5-11 and 27.5-12 on one, two and
// four lines, to and from buffer and DMA, in single and in segmented transfers.
#include "tests/board/spi2_slave_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t all_lengths = 0xF << 8;  // SLAVE.SLV_*_BITLEN_EN

class Spi2SlaveCommands : public Spi2SlaveRig {};

struct Widths {
  std::uint8_t upper;
  unsigned address_lines, data_lines;
};
constexpr std::array<Widths, 5> all_widths{
    Widths{0x00, 1, 1}, {0x10, 1, 2}, {0x20, 1, 4}, {0x50, 2, 2}, {0xA0, 4, 4}};

TEST_F(Spi2SlaveCommands, TheTables) {
  unsigned supported = 0, supported_in_qpi = 0;
  for (unsigned code = 0; code < 256; ++code) {
    supported += spi2::decode_command(static_cast<std::uint8_t>(code), false) ? 1u : 0u;
    supported_in_qpi += spi2::decode_command(static_cast<std::uint8_t>(code), true) ? 1u : 0u;
  }
  EXPECT_EQ(supported, 8u * 5u + 2u);
  EXPECT_EQ(supported_in_qpi, 10u);
}

TEST_F(Spi2SlaveCommands, WritesAndReadsTheBufferOnAllLines) {
  for (const auto& [upper, address_lines, data_lines] : all_widths) {
    half_duplex_slave(all_lengths);
    for (std::uint32_t word = 0; word < 16; ++word) spi_put(spi::w0 + 4 * word, 0);
    write_data(upper | 1, 5, {0xC1, 0x52, 0xFE}, address_lines, data_lines);
    EXPECT_EQ(buffer(4, 5), (Bytes{0, 0xC1, 0x52, 0xFE, 0}));
    EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_wr_buf);
    EXPECT_EQ(last_command(), upper | 1u);
    EXPECT_EQ(last_address(), 5u);
    EXPECT_EQ(data_bits(), 24u);
    EXPECT_THAT(events.phases, ElementsAre("cmd", "addr", "dummy", "data", "idle"));

    spi_put(spi::int_clr, ~0u);
    put_buffer({0xA5, 0x3C}, 62);
    EXPECT_EQ(read_data(upper | 2, 62, 2, address_lines, data_lines), (Bytes{0xA5, 0x3C}));
    EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_rd_buf);
    EXPECT_EQ(last_address(), 62u);
    EXPECT_EQ(data_bits(), 16u);
  }
  EXPECT_THAT(events.notices, IsEmpty()) << "nobody fought over a line";
}

TEST_F(Spi2SlaveCommands, EveryMode) {
  for (const unsigned mode : {0u, 1u, 2u, 3u}) {
    be_slave(mode, 0);
    write_data(0x01, 0, {0x5A, 0x81});
    EXPECT_EQ(buffer(0, 2), (Bytes{0x5A, 0x81})) << mode;
    EXPECT_EQ(read_data(0x02, 0, 2), (Bytes{0x5A, 0x81})) << mode;
    EXPECT_EQ(read_data(0xA2, 0, 2, 4, 4), (Bytes{0x5A, 0x81})) << mode;
  }
}

TEST_F(Spi2SlaveCommands, BitOrder) {
  half_duplex_slave();
  spi_put(spi::ctrl, spi::rd_lsb_first | spi::wr_lsb_first);
  const auto mirrored = [](unsigned byte) {
    unsigned result = 0;
    for (unsigned bit = 0; bit < 8; ++bit) result |= (byte >> bit & 1) << (7 - bit);
    return static_cast<std::uint8_t>(result);
  };
  write_data(mirrored(0x01), mirrored(3), {mirrored(0x2F)});
  EXPECT_EQ(buffer(3, 1), Bytes{0x2F});
  EXPECT_EQ(last_command(), 1u);
  EXPECT_EQ(read_data(mirrored(0x02), mirrored(3), 1), Bytes{mirrored(0x2F)});
}

TEST_F(Spi2SlaveCommands, ThreeWires) {
  be_slave(0, spi::sio);
  put_buffer({0x9C}, 0);
  header(0x02, 0);
  EXPECT_EQ(read_byte(1, true), 0x9C) << "it answers on D";
  EXPECT_FALSE(pins.level(miso_pin));
  deselect();
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(Spi2SlaveCommands, BeyondTheBuffer) {
  half_duplex_slave();
  write_data(0x01, 62, {1, 2, 3, 4});
  EXPECT_EQ(buffer(62, 2), (Bytes{1, 4})) << "what is too much lands in the last byte";
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_wr_buf | spi::slv_buf_addr_err);
}

TEST_F(Spi2SlaveCommands, LengthsAreKeptWhereTheyAreAskedFor) {
  half_duplex_slave(1u << 11);  // Wr_BUF only
  write_data(0x01, 0, {1, 2, 3});
  EXPECT_EQ(data_bits(), 24u);
  read_data(0x02, 0, 1);
  EXPECT_EQ(data_bits(), 24u);
}

TEST_F(Spi2SlaveCommands, UserCommandsOnlyRaiseTheirBits) {
  for (const auto& [upper, address_lines, data_lines] : all_widths)
    for (unsigned number = 0; number < 4; ++number) {
      half_duplex_slave();
      const auto code = static_cast<std::uint8_t>(upper | (7 + number));
      header(code, 0x15, 1, address_lines);
      deselect();
      EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_cmd7 << number);
      EXPECT_EQ(last_command(), code);
      EXPECT_EQ(last_address(), 0x15u);
    }
}

TEST_F(Spi2SlaveCommands, UnsupportedCommandsAreIgnored) {
  half_duplex_slave();
  put_buffer({0x11});
  for (const std::uint8_t code : Bytes{0x00, 0x30, 0x0B, 0xDD, 0xA5, 0x31, 0xFF}) {
    spi_put(spi::int_clr, ~0u);
    write_data(code, 0, {0x99});
    EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_cmd_err) << unsigned{code};
    EXPECT_EQ(last_command(), code);
    EXPECT_EQ(buffer(0, 1), Bytes{0x11});
  }
}

TEST_F(Spi2SlaveCommands, QpiModeIsEnteredAndLeft) {
  half_duplex_slave();
  command_only(0x06);
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_en_qpi);
  EXPECT_NE(spi_get(spi::user) & spi::qpi_mode, 0u);
  spi_put(spi::int_clr, ~0u);
  write_data(0xA1, 7, {0xDE, 0xAD}, 4, 4, 4);
  EXPECT_EQ(buffer(7, 2), (Bytes{0xDE, 0xAD}));
  EXPECT_EQ(read_data(0xA2, 7, 2, 4, 4, 4), (Bytes{0xDE, 0xAD}));
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_wr_buf | spi::slv_rd_buf);
  spi_put(spi::int_clr, ~0u);
  write_data(0x01, 7, {0}, 4, 4, 4);
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_cmd_err) << "QPI has commands of its own";
  spi_put(spi::int_clr, ~0u);
  command_only(0xDD, 4);
  EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_ex_qpi);
  EXPECT_EQ(spi_get(spi::user) & spi::qpi_mode, 0u);
  EXPECT_EQ(read_data(0x02, 7, 2), (Bytes{0xDE, 0xAD}));
}

TEST_F(Spi2SlaveCommands, SingleTransfersByDma) {
  for (const auto& [upper, address_lines, data_lines] : all_widths) {
    reset_in(), reset_out(), clear(~0u);
    half_duplex_slave(all_lengths);
    spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena | spi::rx_afifo_rst | spi::dma_afifo_rst);
    const Bytes data = pattern(20, upper);
    fill(ram, data);
    descriptor(list, ram, 20, 20, 0, bit::owner | bit::suc_eof);
    descriptor(item(4), ram + 0x1000, 64, 0);
    start_out(list);
    start_in(item(4));
    settle();
    EXPECT_EQ(read_data(upper | 4, 0, 20, address_lines, data_lines), data);
    EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_rd_dma);
    EXPECT_EQ(data_bits(), 160u);
    EXPECT_EQ(raw() & bit::in_suc_eof, 0u) << "nothing was received";
    spi_put(spi::int_clr, ~0u);
    write_data(upper | 3, 0, data, address_lines, data_lines);
    settle();
    EXPECT_EQ(interrupts(), spi::trans_done | spi::slv_wr_dma);
    EXPECT_EQ(bytes_at(ram + 0x1000, 20), data);
    EXPECT_NE(raw() & bit::in_suc_eof, 0u);
  }
  EXPECT_THAT(events.notices, IsEmpty());
}

// Buffer and DMA transactions mix; CMD7 closes a frame, End_SEG_TRANS ends it all.
TEST_F(Spi2SlaveCommands, ASegmentedTransfer) {
  half_duplex_slave();
  spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena | spi::seg_trans_en);
  for (unsigned index = 0; index < 3; ++index)
    descriptor(item(index), ram + 64 * index, 64, 0, index < 2 ? item(index + 1) : 0);
  start_in(item(0));
  write_data(0x03, 0, {1, 2});
  write_data(0x01, 9, {0x77});
  write_data(0x03, 0, {3});
  settle();
  EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
  header(0x07, 0);
  deselect();
  settle();
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
  EXPECT_EQ(bytes_at(ram, 3), (Bytes{1, 2, 3}));
  EXPECT_EQ(buffer(9, 1), Bytes{0x77});
  EXPECT_EQ(interrupts() & spi::seg_done, 0u) << "CMD7 does not end it";
  write_data(0x03, 0, {4, 5});
  spi_put(spi::int_clr, ~0u);
  clear(~0u);
  command_only(0x05);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done | spi::seg_done);
  EXPECT_NE(raw() & bit::in_suc_eof, 0u) << "and the data are in memory";
  EXPECT_EQ(bytes_at(ram + 64, 2), (Bytes{4, 5}));
  // With nothing received there is nothing to wait for.
  spi_put(spi::int_clr, ~0u);
  command_only(0x05);
  EXPECT_EQ(interrupts(), spi::trans_done | spi::seg_done);
}

// SLV_RX_SEG_TRANS_CLR_EN: after an overflow nothing is received until the segmented transfer ends.
TEST_F(Spi2SlaveCommands, WhatAnOverflowMeansForTheNextTransaction) {
  for (const bool until_end : {false, true}) {
    reset_in(), clear(~0u);
    half_duplex_slave();
    spi_put(spi::dma_conf,
            spi::rx_ena | spi::rx_afifo_rst | spi::seg_trans_en | (until_end ? spi::rx_seg_clr_en : 0));
    write_data(0x03, 0, Bytes(80, 0x11));
    EXPECT_NE(interrupts() & spi::infifo_full, 0u);
    reset_in();
    for (unsigned index = 0; index < 3; ++index)
      descriptor(item(index), ram + 64 * index, 64, 0, index < 2 ? item(index + 1) : 0);
    start_in(list);
    spi_put(spi::int_clr, ~0u);
    write_data(0x03, 0, {0x22});
    EXPECT_EQ(interrupts() & spi::infifo_full, until_end ? spi::infifo_full : 0);
    command_only(0x05);
    write_data(0x03, 0, {0x33});
    command_only(0x05);
    settle();
    EXPECT_EQ(in_level(), 0u);
    EXPECT_NE(raw() & bit::in_suc_eof, 0u);
  }
}

TEST_F(Spi2SlaveCommands, WhatAnUnderflowMeansForTheNextTransaction) {
  for (const bool until_end : {false, true}) {
    reset_out(), clear(~0u);
    half_duplex_slave();
    spi_put(spi::dma_conf, spi::tx_ena | spi::dma_afifo_rst | (until_end ? spi::tx_seg_clr_en : 0));
    fill(ram, {0x44});
    descriptor(list, ram, 1, 1, 0, bit::owner | bit::suc_eof);
    start_out(list);
    settle();
    EXPECT_EQ(read_data(0x04, 0, 2), (Bytes{0x44, 0x44}));
    EXPECT_NE(interrupts() & spi::outfifo_empty, 0u);
    fill(ram, {0x55, 0x66});
    descriptor(list, ram, 2, 2, 0, bit::owner | bit::suc_eof);
    start_out(list);
    settle();
    EXPECT_EQ(read_data(0x04, 0, 1), Bytes{static_cast<std::uint8_t>(until_end ? 0x44 : 0x55)});
    if (until_end) {
      command_only(0x05);
      EXPECT_EQ(read_data(0x04, 0, 1), Bytes{0x55});
    }
  }
}

TEST_F(Spi2SlaveCommands, WithoutDmaEnabledTheBufferAnswers) {
  half_duplex_slave();
  put_buffer({0xAB, 0xCD});
  EXPECT_EQ(read_data(0x04, 0x20, 2), (Bytes{0xAB, 0xCD}));
  write_data(0x03, 0x20, {0x12});
  EXPECT_EQ(buffer(0, 1), Bytes{0x12});
}

}  // namespace
}  // namespace ferry::board
