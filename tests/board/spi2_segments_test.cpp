// Configurable segmented transfers: one start, several transactions, each with registers from the DMA list.
#include "tests/board/spi2_dma_rig.hpp"

namespace ferry::board {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t usr_conf = 1 << 28, conf_nxt = 1 << 15;
constexpr std::uint32_t seg_done = 1 << 13, magic_err = 1 << 14;
constexpr std::uint32_t magic = 0xA, magic_bits = magic << 28;
// The bits of the first word of a CONF buffer.
constexpr std::uint32_t m_clock = 1 << 2, m_user = 1 << 3, m_user2 = 1 << 5, m_dlen = 1 << 6, m_misc = 1 << 7;

class Spi2Segments : public Spi2DmaRig {
 protected:
  Spi2Segments() {
    prepare();
    spi_put(spi::slave, usr_conf | magic << 22);
    spi_put(spi::user, 0);
  }
  // Appends a buffer to the TX list. The last one of all gets suc_eof.
  void append(const Bytes& bytes) {
    fill(data_at, bytes);
    if (items > 0) poke(tx_list + 12 * (items - 1) + 8, tx_list + 12 * items);
    const auto length = static_cast<std::uint32_t>(bytes.size());
    descriptor(tx_list + 12 * items++, data_at, length, length);
    data_at += (length + 3) / 4 * 4;
  }
  void append_words(const std::vector<std::uint32_t>& words) {
    Bytes bytes;
    for (const std::uint32_t word : words)
      for (unsigned byte = 0; byte < 4; ++byte)
        bytes.push_back(static_cast<std::uint8_t>(word >> (8 * byte)));
    append(bytes);
  }
  void close_list() {
    const std::uint32_t tail = tx_list + 12 * (items - 1);
    poke(tail, peek(tail) | bit::suc_eof);
  }
  void start_list() {
    close_list();
    start_out(tx_list);
    settle();
  }
  // Starts the transfer with the registers as they are.
  void start() {
    update();
    spi_put(spi::int_clr, ~0u);
    probe.edges.clear();
    events.phases.clear();
    spi_put(spi::cmd, spi::usr | conf_bitlen);
  }

  std::uint32_t items = 0, data_at = source, conf_bitlen = 0;
};

TEST_F(Spi2Segments, EachTransactionHasItsOwnRegisters) {
  // A command with two bytes, a longer write at a slower clock, a read by full duplex.
  append_words(
      {magic_bits | m_user | m_user2 | m_dlen, spi::command | spi::mosi | conf_nxt, 0x9F | 7u << 28, 15});
  append({0x12, 0x34});
  append_words({magic_bits | m_clock | m_user | m_dlen, 0x001001, spi::mosi | conf_nxt, 39});
  append({1, 2, 3, 4, 5});
  append_words({magic_bits | m_user | m_dlen | m_misc, spi::doutdin | spi::mosi | spi::miso, 23, 0x3F & ~2u});
  append({0xCA, 0xFE, 0x42});
  descriptor(rx_list, destination, 64, 0);
  start_in(rx_list);
  start_list();
  start();
  finish();
  settle();
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0x9F, 0x12, 0x34, 1, 2, 3, 4, 5, 0xCA, 0xFE, 0x42}));
  EXPECT_THAT(probe.times(select_pin, false), SizeIs(2));
  EXPECT_THAT(probe.times(select1_pin, false), SizeIs(1)) << "the last one has another chip select";
  EXPECT_EQ(bytes_at(destination, 3), (Bytes{0xCA, 0xFE, 0x42}));
  EXPECT_EQ(peek(rx_list) >> 12 & 0xFFF, 3u);
  EXPECT_EQ(interrupts(), spi::trans_done | seg_done);
  EXPECT_EQ(raw() & (bit::in_suc_eof | bit::out_total_eof), bit::in_suc_eof | bit::out_total_eof);
  EXPECT_THAT(events.phases, ElementsAre("conf", "prep", "cmd", "data", "done", "conf", "prep", "data",
                                         "done", "conf", "prep", "data", "done", "idle"));
  const auto rising = probe.times(clock_pin, true);
  EXPECT_EQ(rising[1] - rising[0], 25 * nanosecond);
  EXPECT_EQ(rising[26] - rising[25], 50 * nanosecond) << "20 MHz from the second on";
  EXPECT_EQ(spi_get(spi::ms_dlen), 23u) << "the registers show what the last one set";
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(Spi2Segments, ReceivedDataOfAllTransactionsAreOneFrame) {
  for (unsigned segment = 0; segment < 3; ++segment) {
    append_words({magic_bits | m_user | m_dlen,
                  spi::doutdin | spi::mosi | spi::miso | (segment < 2 ? conf_nxt : 0), 31});
    append(pattern(4, segment));
  }
  descriptor(rx_list, destination, 5, 0, rx_list + 12);
  descriptor(rx_list + 12, destination + 16, 64, 0);
  start_in(rx_list);
  start_list();
  start();
  while ((interrupts() & seg_done) == 0) {
    EXPECT_EQ(raw() & bit::in_suc_eof, 0u);
    run(apb_cycle);
    ASSERT_LT(timeline.now(), millisecond);
  }
  // It means that everything is in memory.
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
  Bytes expected;
  for (unsigned segment = 0; segment < 3; ++segment)
    for (const auto byte : pattern(4, segment)) expected.push_back(byte);
  Bytes got = bytes_at(destination, 5);
  for (const auto byte : bytes_at(destination + 16, 7)) got.push_back(byte);
  EXPECT_EQ(got, expected);
  EXPECT_FALSE(busy());
}

TEST_F(Spi2Segments, ByLengthEachTransactionIsAFrame) {
  spi_put(spi::dma_conf, spi::tx_ena | spi::rx_ena | spi::rx_eof_en);
  for (unsigned segment = 0; segment < 2; ++segment) {
    append_words({magic_bits | m_user | m_dlen,
                  spi::doutdin | spi::mosi | spi::miso | (segment < 1 ? conf_nxt : 0), 23});
    append({1, 2, static_cast<std::uint8_t>(segment)});
  }
  for (unsigned index = 0; index < 2; ++index)
    descriptor(rx_list + 12 * index, destination + 16 * index, 16, 0, index == 0 ? rx_list + 12 : 0);
  start_in(rx_list);
  start_list();
  start();
  finish();
  settle();
  EXPECT_EQ(bytes_at(destination, 3), (Bytes{1, 2, 0}));
  EXPECT_EQ(bytes_at(destination + 16, 3), (Bytes{1, 2, 1}));
  EXPECT_EQ(peek(rx_list) & bit::suc_eof, bit::suc_eof);
  EXPECT_EQ(peek(rx_list + 12) & bit::suc_eof, bit::suc_eof);
  EXPECT_EQ(interrupts(), spi::trans_done | seg_done);
}

TEST_F(Spi2Segments, ConfBitlenIsTheTimeBetweenTransactions) {
  for (const std::uint32_t bits : {0u, 10u, 1000u}) {
    prepare();
    items = 0, data_at = source;
    for (unsigned segment = 0; segment < 3; ++segment) {
      append_words({magic_bits | m_user | m_dlen, spi::mosi | (segment < 2 ? conf_nxt : 0), 7});
      append({0x55});
    }
    start_list();
    conf_bitlen = bits;
    start();
    finish();
    const auto falls = probe.times(select_pin, false), rises = probe.times(select_pin, true);
    ASSERT_THAT(falls, SizeIs(3));
    for (unsigned segment = 0; segment < 2; ++segment)
      EXPECT_EQ(falls[segment + 1] - rises[segment], (bits + 5) * apb_cycle) << bits;
    EXPECT_EQ(interrupts(), spi::trans_done | seg_done) << "nothing is received: at once";
  }
}

TEST_F(Spi2Segments, AllRegistersOfTheTable) {
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> values{
      {0x04, 0x12345678},  {0x08, 0x0018'0000}, {0x0C, 0x80000000}, {0x10, spi::mosi}, {0x14, 0xB841'0003},
      {0x18, 0x7800'0011}, {0x1C, 7},           {0x20, 0x3E},       {0x24, 0x1'0000},  {0x28, 0x1B},
      {0x2C, 0},           {0x30, spi::tx_ena}, {0x34, 0x1F'FFFF}};
  std::vector<std::uint32_t> words{magic_bits | 0x7FFF};  // bit 14 has no register
  for (const auto& [offset, value] : values) words.push_back(value);
  words.push_back(1u << 20);  // DMA_INT_CLR
  append_words(words);
  append({0x77});
  start_list();
  start();
  spi_put(spi::int_raw, 3u << 19);  // APP1 and APP2
  finish();
  for (const auto& [offset, value] : values) EXPECT_EQ(spi_get(offset), value) << std::hex << offset;
  EXPECT_EQ(interrupts(), spi::trans_done | seg_done | 1u << 19);
  EXPECT_TRUE(lines.levels[19]) << "INT_ENA came with it";
  EXPECT_EQ(decode(mosi_pin, true), Bytes{0x77});
}

TEST_F(Spi2Segments, WidthsChangeBetweenTransactions) {
  append_words({magic_bits | m_user | m_dlen, spi::mosi | conf_nxt, 31});
  append({1, 2, 3, 4});
  append_words({magic_bits | m_user, spi::mosi | conf_nxt | 1u << 12});  // two lines
  append({1, 2, 3, 4});
  append_words({magic_bits | m_user, spi::mosi | 1u << 13});  // four
  append({1, 2, 3, 4});
  start_list();
  start();
  finish();
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(32 + 16 + 8));
  EXPECT_EQ(interrupts(), spi::trans_done | seg_done);
}

TEST_F(Spi2Segments, TheMagicValueIsChecked) {
  append_words({0x5u << 28 | m_user, spi::mosi});
  append({0x55});
  start_list();
  start();
  finish();
  EXPECT_EQ(interrupts(), magic_err | seg_done);
  EXPECT_THAT(probe.of(clock_pin), IsEmpty());
  EXPECT_THAT(probe.of(select_pin), IsEmpty());
  EXPECT_THAT(events.phases, ElementsAre("conf", "idle"));

  // In the second CONF: what the first transaction received is closed.
  prepare();
  items = 0, data_at = source;
  append_words({magic_bits | m_user | m_dlen, spi::doutdin | spi::mosi | spi::miso | conf_nxt, 15});
  append({0xAB, 0xCD});
  append_words({0x5u << 28 | m_user, spi::mosi});
  descriptor(rx_list, destination, 64, 0);
  start_in(rx_list);
  start_list();
  start();
  finish();
  settle();
  EXPECT_EQ(interrupts(), magic_err | seg_done);
  EXPECT_EQ(bytes_at(destination, 2), (Bytes{0xAB, 0xCD}));
  EXPECT_NE(raw() & bit::in_suc_eof, 0u);
}

TEST_F(Spi2Segments, ConfWaitsForItsWords) {
  // While the command goes out, GDMA fetches the data.
  append_words({magic_bits | m_user | m_dlen, spi::command | spi::mosi, 7});
  append({0x5A});
  close_list();
  start();
  run(millisecond);
  EXPECT_TRUE(busy());
  EXPECT_EQ(interrupts(), 0u);
  EXPECT_EQ(raw() & bit::outfifo_udf, 0u) << "waiting is no underflow";
  start_out(tx_list);
  finish();
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0x00, 0x5A}));
  EXPECT_EQ(interrupts(), spi::trans_done | seg_done);
}

TEST_F(Spi2Segments, AnErrorEndsAllOfIt) {
  append_words({magic_bits | m_user | m_dlen, spi::mosi | conf_nxt, 8 * 100 - 1});
  append({1, 2, 3});
  start_list();
  start();
  finish();
  EXPECT_EQ(interrupts(), tx_errors | spi::trans_done | seg_done);
  EXPECT_THAT(probe.times(clock_pin, true), SizeIs(24));
}

TEST_F(Spi2Segments, SoftResetEndsTheWaiting) {
  start();
  run(microsecond);
  EXPECT_TRUE(busy());
  spi_put(spi::slave, 1u << 27 | magic << 22);
  EXPECT_FALSE(busy());
  append_words({magic_bits | m_user, spi::mosi});
  start_list();
  EXPECT_EQ(interrupts(), 0u);
  EXPECT_EQ(events.phases.back(), "idle");
}

TEST_F(Spi2Segments, AClockThatStopsInConf) {
  append_words({magic_bits | m_user | m_dlen, spi::mosi, 7});
  append({0x5A});
  close_list();
  start();
  run(microsecond);
  spi_put(spi::clk_gate, 0);
  start_out(tx_list);
  run(millisecond);
  EXPECT_TRUE(busy());
  EXPECT_THAT(probe.of(clock_pin), IsEmpty());
  spi_put(spi::clk_gate, 3);
  finish();
  EXPECT_EQ(decode(mosi_pin, true), Bytes{0x5A});
}

TEST_F(Spi2Segments, NextMeansNothingWithoutUsrConf) {
  spi_put(spi::slave, magic << 22);
  spi_put(spi::user, spi::mosi | conf_nxt);
  spi_put(spi::dma_conf, 0);
  transfer(8);
  EXPECT_EQ(interrupts(), spi::trans_done);
  EXPECT_THAT(events.notices, ElementsAre(HasSubstr("USR_CONF_NXT has no effect")));
}

TEST_F(Spi2Segments, SelectCanBeKeptBetweenTransactions) {
  spi_put(spi::misc, 0x3E | spi::cs_keep_active);
  append_words({magic_bits | m_user | m_dlen, spi::mosi | conf_nxt, 7});
  append({0x55});
  append_words({magic_bits | m_user | m_misc, spi::mosi, 0x3E});
  append({0x66});
  start_list();
  start();
  finish();
  EXPECT_THAT(probe.times(select_pin, true), SizeIs(1));
  EXPECT_EQ(decode(mosi_pin, true), (Bytes{0x55, 0x66}));
}

}  // namespace
}  // namespace ferry::board
