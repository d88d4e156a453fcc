// SPI2 and GDMA where a transfer starts too early, runs out of data or of room, or is cut short.
// order.
#include "tests/board/spi2_dma_rig.hpp"

namespace ferry::board {
namespace {

using testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;

class Spi2DmaErrors : public Spi2DmaRig {};

// esp-hal #489, measured on a chip at 160 MHz: 30 and 56 cycles between OUTLINK_START and USR fail, 66 and 76
// work.
TEST_F(Spi2DmaErrors, TheStartRace) {
  for (const bool descriptor_burst : {false, true})
    for (const bool data_burst : {false, true})
      for (const std::uint32_t clock : {0x80000000u, 0x0274E7u, 0x1F1631u})
        for (const unsigned cycles : {30u, 56u, 66u, 76u}) {
          set_up(clock);
          prepare();
          put(0xD0, 8u | (descriptor_burst ? 16u : 0u) | (data_burst ? 32u : 0u));
          spi_put(spi::user, spi::doutdin | spi::mosi);
          spi_put(spi::ms_dlen, 31);
          update();
          spi_put(spi::int_clr, ~0u);
          fill(source, {1, 2, 3, 4});
          chain(tx_list, source, 4, 4095, true);
          start_out(tx_list);
          run_cycles(cycles);
          probe.edges.clear();
          spi_put(spi::cmd, spi::usr);
          finish();
          if (cycles < 60) {
            EXPECT_EQ(interrupts(), spi::trans_done | tx_errors) << cycles;
            EXPECT_THAT(probe.of(clock_pin), IsEmpty()) << "the transfer ends before it begins";
          } else {
            EXPECT_EQ(interrupts(), spi::trans_done) << cycles;
            EXPECT_EQ(decode(mosi_pin, true), (Bytes{1, 2, 3, 4}));
          }
        }
}

TEST_F(Spi2DmaErrors, TxListTooShortEndsTheTransfer) {
  prepare();
  fill(source, pattern(20));
  chain(rx_list, destination, 100, 4095, false);
  chain(tx_list, source, 20, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  transfer(100 * 8);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done | tx_errors);
  EXPECT_EQ(decode(mosi_pin, true), pattern(20));
  EXPECT_EQ(raw() & (bit::out_total_eof | bit::outfifo_udf), bit::out_total_eof | bit::outfifo_udf);
  EXPECT_EQ(raw() & bit::in_suc_eof, bit::in_suc_eof) << "what was received up to there is a frame";
  EXPECT_EQ(peek(rx_list) >> 12 & 0xFFF, 20u);
  EXPECT_EQ(bytes_at(destination, 20), pattern(20));
}

TEST_F(Spi2DmaErrors, WithoutTheEndBitTheLastByteIsRepeated) {
  prepare();
  spi_put(spi::user2, 0);
  fill(source, {1, 2, 3});
  chain(rx_list, destination, 6, 4095, false);
  chain(tx_list, source, 3, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  transfer(6 * 8);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done | tx_errors);
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{1, 2, 3, 3, 3, 3}));
  EXPECT_EQ(raw() & bit::in_suc_eof, bit::in_suc_eof);
}

TEST_F(Spi2DmaErrors, WithoutTheEndBitALateByteIsMissed) {
  prepare();
  spi_put(spi::user2, 0);
  spi_put(spi::user, spi::doutdin | spi::mosi);
  spi_put(spi::clock, 0x1F1631);  // 100 kHz: the data come long before the first bit
  spi_put(spi::ms_dlen, 23);
  update();
  fill(source, {1, 2, 3});
  chain(tx_list, source, 3, 4095, true);
  probe.edges.clear();
  start_out(tx_list);
  run_cycles(30);
  spi_put(spi::cmd, spi::usr);
  finish();
  EXPECT_EQ(interrupts() & tx_errors, tx_errors);
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0, 1, 2})) << "an old byte first, then everything one byte late";
}

TEST_F(Spi2DmaErrors, RxListTooShort) {
  prepare();
  const auto data = pattern(400);
  fill(source, data);
  chain(rx_list, destination, 100, 4095, false);
  chain(tx_list, source, 400, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  // A little too short: the FIFO takes the rest, nothing is lost yet.
  transfer(150 * 8);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_EQ(raw() & (bit::in_dscr_empty | bit::in_suc_eof), bit::in_dscr_empty);
  EXPECT_EQ(bytes_at(destination, 100), Bytes(data.begin(), data.begin() + 100));

  // Much too short: GDMA's FIFO and SPI's run full, and the transfer ends there.
  prepare();
  chain(rx_list, destination, 100, 4095, false);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  transfer(400 * 8);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done | rx_errors);
  EXPECT_EQ(raw() & (bit::in_dscr_empty | bit::in_suc_eof | bit::infifo_ovf),
            bit::in_dscr_empty | bit::infifo_ovf);
  EXPECT_EQ(probe.times(clock_pin, true).size(), (100u + 64 + 4 + 1) * 8);
  // With MST_WFULL_ERR_END_EN = 0 the surplus is dropped and the wire runs to the end.
  prepare();
  spi_put(spi::user1, spi_get(spi::user1) & ~(1u << 16));
  start_out(tx_list);
  chain(rx_list, destination, 100, 4095, false);
  start_in(rx_list);
  wait_for_data();
  transfer(400 * 8);
  settle();
  EXPECT_EQ(probe.times(clock_pin, true).size(), 400u * 8);
  EXPECT_EQ(interrupts(), spi::trans_done | rx_errors);
  EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
}

// A frame that has lost bytes has no good end, even if a buffer turns up later.
TEST_F(Spi2DmaErrors, AFrameWithLostBytesGetsNoEnd) {
  prepare();
  spi_put(spi::user, spi::doutdin | spi::miso);
  transfer(100 * 8);
  EXPECT_EQ(interrupts(), spi::trans_done | rx_errors);
  chain(rx_list, destination, 200, 4095, false);
  start_in(rx_list);
  settle();
  EXPECT_EQ(raw() & (bit::in_suc_eof | bit::in_done), 0u);
}

// The bytes that were stuck in the RX AFIFO come first in the next transfer unless it is reset.
TEST_F(Spi2DmaErrors, TheReceiveAfifoNeedsItsReset) {
  for (const bool reset : {true, false}) {
    prepare();
    const auto data = pattern(300);
    fill(source, data);
    chain(rx_list, destination, 4, 4095, false);
    chain(tx_list, source, 300, 4095, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    transfer(300 * 8);
    ASSERT_EQ(interrupts() & rx_errors, rx_errors);
    reset_in();
    reset_out();
    if (reset) prepare();
    spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena | spi::dma_afifo_rst);
    fill(source, {1, 2, 3, 4, 5, 6});
    fill(destination, Bytes(20, 0));
    chain(rx_list, destination, 20, 4095, false);
    chain(tx_list, source, 6, 4095, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    transfer(6 * 8);
    settle();
    if (reset) {
      EXPECT_EQ(bytes_at(destination, 6), (Bytes{1, 2, 3, 4, 5, 6}));
    } else {
      EXPECT_EQ(bytes_at(destination + 4, 6), (Bytes{1, 2, 3, 4, 5, 6}));
    }
  }
}

// The AFIFO on the other side holds a byte when a transfer was cut short.
TEST_F(Spi2DmaErrors, TheTransmitAfifoNeedsItsReset) {
  set_up();
  spi_put(spi::user, spi::doutdin | spi::mosi);
  for (const bool reset : {true, false}) {
    prepare();
    fill(source, {1, 2, 3, 4, 5, 6, 7, 8});
    chain(tx_list, source, 8, 4095, true);
    start_out(tx_list);
    wait_for_data();
    begin(64);
    run(12 * microsecond);
    spi_put(spi::ms_dlen, 7);
    update();
    finish();
    EXPECT_EQ(decode(mosi_pin, true), (Bytes{1, 2}));
    reset_out();
    if (reset) prepare();
    fill(source, {0xA, 0xB});
    chain(tx_list, source, 2, 4095, true);
    start_out(tx_list);
    wait_for_data();
    transfer(16);
    EXPECT_EQ(decode(mosi_pin, true), (reset ? Bytes{0xA, 0xB} : Bytes{3, 0xA}));
  }
}

TEST_F(Spi2DmaErrors, WithoutAChannelNothingCanBeSentOrStored) {
  put(0xA0, 0x3F);
  put(0x100, 0x3F);
  transfer(64);
  EXPECT_EQ(interrupts(), spi::trans_done | tx_errors);
  spi_put(spi::user, spi::doutdin | spi::miso);
  transfer(64);
  EXPECT_EQ(interrupts(), spi::trans_done | rx_errors) << "five bytes do not fit into the AFIFO";
  EXPECT_EQ(raw(), 0u);
}

TEST_F(Spi2DmaErrors, AnAbortedTransferLeavesACleanSlate) {
  set_up();
  for (int round = 0; round < 3; ++round) {
    prepare();
    fill(source, pattern(1000, 5));
    chain(rx_list, destination, 1000, 300, false);
    chain(tx_list, source, 1000, 300, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    begin(8000);
    run((1000 + 777 * static_cast<unsigned>(round)) * microsecond);
    spi_put(spi::ms_dlen, 7);
    update();
    put(0xE0, get(0xE0) | bit::out_stop);
    put(0x80, get(0x80) | bit::in_stop);
    finish();
    settle();
    EXPECT_TRUE(out_parked());
    EXPECT_TRUE(in_parked());
    prepare();
    const auto data = pattern(100, 6);
    fill(source, data);
    chain(rx_list, destination, 100, 4095, false);
    chain(tx_list, source, 100, 4095, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    transfer(800);
    settle();
    EXPECT_EQ(bytes_at(destination, 100), data);
  }
}

}  // namespace
}  // namespace ferry::board
