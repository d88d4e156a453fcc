// SPI2 and GDMA together: full duplex over lists, the order in which both report the end, mixed directions.
// order.
#include "tests/board/spi2_dma_rig.hpp"

namespace ferry::board {
namespace {

using Bytes = std::vector<std::uint8_t>;

class Spi2Dma : public Spi2DmaRig {};

TEST_F(Spi2Dma, FullDuplexOverUnequalLists) {
  Random random(676);
  for (int round = 0; round < 60; ++round) {
    prepare();
    put(0x70, random() & 4u);
    put(0xD0, 8u | (random() & 0x34u));
    put(0x74, 0x1000);
    put(0xD4, 0x1000);
    const auto total = 1 + random() % 3000;
    const std::uint32_t from = source + random() % 4, to = destination + random() % 4;
    const auto data = pattern(total, random());
    fill(from, data);
    chain(rx_list, to, total + random() % 2 * 100, 1 + random() % 2000, false);
    chain(tx_list, from, total, 40 + random() % 2000, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    transfer(total * 8);
    settle();
    ASSERT_EQ(interrupts(), spi::trans_done);
    ASSERT_EQ(bytes_at(to, total), data) << "round " << round;
    EXPECT_EQ(raw() & ~bit::in_dscr_err,
              bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
  }
}

TEST_F(Spi2Dma, ThirtyTwoThousandBytes) {
  const Bytes data(32'000, 0x42);
  fill(source, data);
  for (const std::uint32_t clock : {0x0274E7u, 0x80000000u}) {
    fill(destination, Bytes(32'000, 0));
    prepare();
    set_up(clock);
    chain(rx_list, destination, 32'000, 4092, false);
    chain(tx_list, source, 32'000, 4095, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    begin(32'000 * 8);
    const Time period = clock == 0x80000000u ? 25 * nanosecond : microsecond;
    run(32'000 * 8 * period - microsecond);
    EXPECT_TRUE(busy());
    run(20 * microsecond);
    EXPECT_FALSE(busy());
    EXPECT_EQ(bytes_at(destination, 32'000), data);
    EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
  }
}

// Who takes SPI's word for the end and reads the buffer at once reads too early.
TEST_F(Spi2Dma, InSucEofTrailsTransDone) {
  for (const std::uint32_t length : {1u, 6u, 8u, 63u, 200u}) {
    fill(destination, Bytes(length, 0xEE));
    fill(source, Bytes(length, 0x11));
    prepare();
    chain(rx_list, destination, length, 4095, false);
    chain(tx_list, source, length, 4095, true);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    begin(length * 8);
    while ((interrupts() & spi::trans_done) == 0) run(cpu_cycle);
    EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
    EXPECT_NE(raw() & bit::out_total_eof, 0u) << "the transmit side is long done";
    EXPECT_EQ(bytes_at(destination + length - 1, 1), Bytes{0xEE}) << length;
    const Time done = timeline.now();
    while ((raw() & bit::in_suc_eof) == 0) run(cpu_cycle);
    EXPECT_GE(timeline.now() - done, 20 * cpu_cycle);
    EXPECT_LE(timeline.now() - done, 40 * cpu_cycle);
    EXPECT_EQ(bytes_at(destination, length), Bytes(length, 0x11));
  }
}

TEST_F(Spi2Dma, RxEofEnEndsTheFrameWithTheLastBit) {
  set_up();  // 1 MHz
  spi_put(spi::user, spi::doutdin | spi::miso | spi::cs_hold);
  spi_put(spi::user1, 31u << 22);  // chip select stays for 32 microseconds
  for (const bool early : {false, true}) {
    prepare();
    spi_put(spi::dma_conf, spi::rx_ena | (early ? spi::rx_eof_en : 0));
    chain(rx_list, destination, 8, 4095, false);
    start_in(rx_list);
    begin(64);
    run(64 * microsecond + 10 * microsecond);
    EXPECT_TRUE(busy());
    EXPECT_EQ(raw() & bit::in_suc_eof, early ? bit::in_suc_eof : 0u);
    finish();
    settle();
    EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
  }
}

TEST_F(Spi2Dma, TxListTooLongLeavesBytesForTheNextTransfer) {
  prepare();
  spi_put(spi::user, spi::doutdin | spi::mosi);
  const auto data = pattern(200);
  fill(source, data);
  chain(tx_list, source, 200, 4095, true);
  start_out(tx_list);
  wait_for_data();
  transfer(50 * 8);
  settle();
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_EQ(raw(), 0u) << "GDMA has nothing to report";
  EXPECT_EQ(decode(mosi_pin, true), Bytes(data.begin(), data.begin() + 50));
  transfer(50 * 8);
  EXPECT_EQ(decode(mosi_pin, true), Bytes(data.begin() + 50, data.begin() + 100))
      << "no byte lost in between";
  reset_out();
  fill(source, pattern(10, 3));
  chain(tx_list, source, 10, 4095, true);
  start_out(tx_list);
  wait_for_data();
  transfer(10 * 8);
  EXPECT_EQ(decode(mosi_pin, true), pattern(10, 3));
}

// GDMA's FIFO is not touched by the resets of SPI's: drivers reset these after GDMA has prefetched.
TEST_F(Spi2Dma, ResettingTheAfifosKeepsWhatGdmaHasFetched) {
  prepare();
  fill(source, {1, 2, 3});
  chain(rx_list, destination, 3, 4095, false);
  chain(tx_list, source, 3, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  settle();
  const std::uint32_t conf = spi_get(spi::dma_conf);
  spi_put(spi::dma_conf, conf | spi::rx_afifo_rst | spi::buf_afifo_rst | spi::dma_afifo_rst);
  transfer(24);
  settle();
  EXPECT_EQ(bytes_at(destination, 3), (Bytes{1, 2, 3}));
}

TEST_F(Spi2Dma, DirectionsMixDmaAndBuffer) {
  // Send by DMA, receive into the buffer.
  prepare();
  spi_put(spi::dma_conf, spi::tx_ena);
  const auto data = pattern(16);
  fill(source, data);
  chain(tx_list, source, 16, 4095, true);
  start_out(tx_list);
  wait_for_data();
  transfer(16 * 8);
  EXPECT_EQ(buffer(0, 16), data);
  EXPECT_EQ(raw(), bit::out_done | bit::out_eof | bit::out_total_eof);
  // Send from the buffer, receive by DMA.
  prepare();
  spi_put(spi::dma_conf, spi::rx_ena);
  put_buffer(pattern(16, 9));
  chain(rx_list, destination, 16, 4095, false);
  start_in(rx_list);
  transfer(16 * 8);
  settle();
  EXPECT_EQ(bytes_at(destination, 16), pattern(16, 9));
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof);
}

TEST_F(Spi2Dma, WritingOnlyDoesNotEndAFrame) {
  prepare();
  spi_put(spi::user, spi::doutdin | spi::mosi);
  chain(rx_list, destination, 16, 4095, false);
  chain(tx_list, source, 16, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  transfer(16 * 8);
  settle();
  EXPECT_EQ(raw() & (bit::in_done | bit::in_suc_eof), 0u);
  EXPECT_EQ(in_level(), 0u);
}

TEST_F(Spi2Dma, HalfDuplexPhasesUseDmaToo) {
  prepare();
  spi_put(spi::user, spi::command | spi::mosi | spi::miso);
  spi_put(spi::user2, 0x9F | 7u << 28 | 1u << 27);
  fill(source, {1, 2, 3, 4});
  chain(rx_list, destination, 4, 4095, false);
  chain(tx_list, source, 4, 4095, true);
  start_in(rx_list);
  start_out(tx_list);
  wait_for_data();
  transfer(32);
  settle();
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0x9F, 1, 2, 3, 4, 0, 0, 0, 0}));
  EXPECT_EQ(bytes_at(destination, 4), (Bytes{0, 0, 0, 0})) << "D is low while the device would answer";
  EXPECT_EQ(raw(), bit::in_done | bit::in_suc_eof | bit::out_done | bit::out_eof | bit::out_total_eof);
}

TEST_F(Spi2Dma, EightyMegahertzThroughManySmallDescriptors) {
  // Seven bytes per descriptor at 10 MB/s: the walk keeps up. One byte per descriptor does not.
  for (const std::uint32_t piece : {7u, 1u}) {
    prepare();
    set_up(0x80000000, 7);
    fill(source, pattern(500));
    chain(rx_list, destination, 500, 4095, false);
    chain(tx_list, source, 500, piece, true);
    put(0xD0, 8);
    start_in(rx_list);
    start_out(tx_list);
    wait_for_data();
    transfer(500 * 8);
    settle();
    if (piece == 7) {
      EXPECT_EQ(interrupts(), spi::trans_done);
      EXPECT_EQ(bytes_at(destination, 500), pattern(500));
    } else {
      EXPECT_EQ(interrupts(), spi::trans_done | tx_errors);
    }
  }
}

}  // namespace
}  // namespace ferry::board
