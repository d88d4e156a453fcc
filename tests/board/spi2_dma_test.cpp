// SPI2 and GDMA together: the start race, full duplex over lists, short lists, long lists, ends in the right
// order.
#include "tests/board/spi2_rig.hpp"

namespace ferry::board {
namespace {

using testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;

class Spi2Dma : public Spi2Rig {
 protected:
  static constexpr std::uint32_t last = bit::owner | bit::suc_eof;
  static constexpr std::uint32_t source = ram, destination = ram + 0x8000;
  static constexpr std::uint32_t rx_list = 0x3FCA'0000, tx_list = 0x3FCB'0000;
  static constexpr std::uint32_t tx_errors = spi::outfifo_empty | spi::tx_rempty;
  static constexpr std::uint32_t rx_errors = spi::infifo_full | spi::rx_wfull;

  Spi2Dma() {
    loop_back();
    connect(0);
    set_up(0x80000000, 3);  // 40 MHz
    spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena);
  }
  // Channel and FIFOs as before every transfer: reset, bits cleared.
  void prepare(unsigned channel = 0) {
    reset_in(channel);
    reset_out(channel);
    clear(0x1FFF, channel);
    const std::uint32_t conf = spi_get(spi::dma_conf);
    spi_put(spi::dma_conf, conf | spi::rx_afifo_rst | spi::buf_afifo_rst | spi::dma_afifo_rst);
    spi_put(spi::dma_conf, conf);
  }
  // Descriptors of at most `piece` bytes over `count` bytes at `buffer`.
  void chain(std::uint32_t first, std::uint32_t buffer, std::uint32_t count, std::uint32_t piece,
             bool sends) {
    std::uint32_t at = first;
    for (std::uint32_t done = 0; done < count; at += 12) {
      const std::uint32_t here = std::min(piece, count - done);
      done += here;
      descriptor(at, buffer + done - here, here, sends ? here : 0, done < count ? at + 12 : 0,
                 sends && done == count ? last : bit::owner);
    }
  }
  void wait_for_data() {
    while (out_level() == 0) run(cpu_cycle);
  }
};

// esp-hal #489, measured on a chip at 160 MHz: 30 and 56 cycles between OUTLINK_START and USR fail, 66 and 76
// work.
TEST_F(Spi2Dma, TheStartRace) {
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

TEST_F(Spi2Dma, TxListTooShortEndsTheTransfer) {
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

TEST_F(Spi2Dma, WithoutTheEndBitTheLastByteIsRepeated) {
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

TEST_F(Spi2Dma, WithoutTheEndBitALateByteIsMissed) {
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

TEST_F(Spi2Dma, RxListTooShort) {
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

// The bytes that were stuck in the RX AFIFO come first in the next transfer unless it is reset.
TEST_F(Spi2Dma, TheReceiveAfifoNeedsItsReset) {
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
TEST_F(Spi2Dma, TheTransmitAfifoNeedsItsReset) {
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

TEST_F(Spi2Dma, WithoutAChannelNothingCanBeSentOrStored) {
  put(0xA0, 0x3F);
  put(0x100, 0x3F);
  transfer(64);
  EXPECT_EQ(interrupts(), spi::trans_done | tx_errors);
  spi_put(spi::user, spi::doutdin | spi::miso);
  transfer(64);
  EXPECT_EQ(interrupts(), spi::trans_done | rx_errors) << "five bytes do not fit into the AFIFO";
  EXPECT_EQ(raw(), 0u);
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

TEST_F(Spi2Dma, AnAbortedTransferLeavesACleanSlate) {
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
