#include "tests/board/uart_rig.hpp"

namespace ferry::board {
namespace {

using namespace uart_rig;
using ::testing::IsEmpty;

struct UartTest : UartBench {};

TEST_F(UartTest, ResetValues) {
  expect_registers(uart, {{fifo, 0},
                          {int_raw, 2},
                          {int_st, 0},
                          {int_ena, 0},
                          {int_clr, 0},
                          {clkdiv, 0x2B6},
                          {0x18, 8},
                          {status, 0xE000C000},
                          {conf0, 0x1000001C},
                          {conf1, 0xC060},
                          {0x28, 0xFFF},
                          {0x2C, 0xFFF},
                          {0x30, 0},
                          {0x34, 0},
                          {0x38, 0xF0},
                          {0x3C, 0x26E0},
                          {0x40, 0x2200},
                          {txbrk_conf, 0xA},
                          {idle_conf, 0x40100},
                          {0x4C, 0},
                          {0x50, 0x901},
                          {0x54, 0x901},
                          {0x58, 0xB},
                          {0x5C, 0x32B},
                          {mem_conf, 0xA0012},
                          {mem_tx_status, 0},
                          {mem_rx_status, 0x80100},
                          {fsm_status, 0},
                          {0x70, 0xFFF},
                          {0x74, 0xFFF},
                          {clk_conf, 0x3701000},
                          {0x7C, 0x2008270},
                          {id, 0x40000500}});
}

TEST_F(UartTest, BaudRates) {
  const auto baud = [&] { return 1e12 / static_cast<double>(uart.bit_time()); };
  clocks.set_cpu_and_apb(6'250, 12'500);
  uart.write(clk_conf, sclk_apb | clocks_on);
  uart.write(clkdiv, 694 | 7u << 20);  // the manual's example: 80 MHz / 694.4375
  EXPECT_NEAR(baud(), 115'201, 2.0);
  uart.write(clk_conf, sclk_apb | clocks_on | 1u << 12);  // SCLK_DIV_NUM 1 halves it
  EXPECT_NEAR(baud(), 57'600, 2.0);
  uart.write(clk_conf, sclk_xtal | clocks_on);
  uart.write(clkdiv, 347 | 3u << 20);
  EXPECT_NEAR(baud(), 115'211, 2.0);
  uart.write(clk_conf, sclk_rc_fast | clocks_on);
  EXPECT_NEAR(baud(), 17.5e6 / 347.1875, 5.0);
  uart.write(clk_conf, sclk_xtal | clocks_on | 1u << 6 | 1u);  // SCLK_DIV_B / SCLK_DIV_A = 1 / 1
  EXPECT_NEAR(baud(), 57'605, 2.0);
}

TEST_F(UartTest, AsTheBootRomLeavesIt) {
  uart.set_up_as_boot_rom();
  EXPECT_NEAR(1e12 / static_cast<double>(uart.bit_time()), 115'200, 115'200 * 0.001);
}

TEST_F(UartTest, AByteIsSentWhenItsLastStopBitHasLeft) {
  megabaud();
  send("U");
  EXPECT_THAT(events.sent, IsEmpty());
  EXPECT_EQ(transmit_count(), 0u) << "it went into the shift register";
  EXPECT_NE(uart.read(fsm_status) >> 4 & 0xF, 0u);
  run_until(10 * microsecond - 1);
  EXPECT_THAT(events.sent, IsEmpty());
  run_until(10 * microsecond);
  EXPECT_EQ(events.sent[0], "U");
  EXPECT_EQ(uart.read(fsm_status), 0u);
}

TEST_F(UartTest, FrameLengthsBySetting) {
  megabaud();
  const struct {
    std::uint32_t conf;
    double bit_times;
  } frames[] = {
      {bits(8) | stop_1, 10}, {bits(8) | stop_1_5, 10.5},         {bits(8) | stop_2, 11},
      {bits(5) | stop_1, 7},  {bits(7) | stop_1 | parity_en, 10}, {bits(8) | stop_2 | parity_en, 12}};
  for (const auto& [conf, bit_times] : frames) {
    uart.write(conf0, mem_clk_en | conf);
    const std::size_t before = events.sent[0].size();
    const Time start = timeline.now();
    const auto length = static_cast<Time>(bit_times * 1'000'000);
    send("x");
    run_until(start + length - 1);
    EXPECT_EQ(events.sent[0].size(), before) << bit_times;
    run_until(start + length);
    EXPECT_EQ(events.sent[0].size(), before + 1) << bit_times;
  }
}

TEST_F(UartTest, BytesFollowWithoutAGap) {
  megabaud();
  send("0123456789");
  run_until(100 * microsecond - 1);
  EXPECT_EQ(events.sent[0], "012345678");
  run_until(100 * microsecond);
  EXPECT_EQ(events.sent[0], "0123456789");
}

TEST_F(UartTest, TheFifoHolds128BytesAndLosesMore) {
  megabaud();
  clear(clk_conf, tx_sclk_en);  // nothing leaves
  for (int byte = 0; byte < 128; ++byte) uart.write(fifo, 'a');
  EXPECT_EQ(transmit_count(), 128u);
  EXPECT_THAT(events.notices, IsEmpty());
  uart.write(fifo, 'b');
  EXPECT_EQ(transmit_count(), 128u);
  EXPECT_EQ(events.notices.size(), 1u);
  set(clk_conf, tx_sclk_en);
  run_for(2 * millisecond);
  EXPECT_EQ(events.sent[0], std::string(128, 'a'));
}

TEST_F(UartTest, MemConfEnlargesTheFifo) {
  clear(clk_conf, tx_sclk_en);
  uart.write(mem_conf, 0xA0002 | 2u << 4);
  for (int byte = 0; byte < 256; ++byte) uart.write(fifo, 'a');
  EXPECT_EQ(transmit_count(), 256u);
  EXPECT_THAT(events.notices, IsEmpty());
}

TEST_F(UartTest, TransmitterInterrupts) {
  megabaud();
  uart.write(conf1, 96u << 9 | 96);
  EXPECT_EQ(uart.read(int_raw) & txfifo_empty, txfifo_empty);
  uart.write(int_clr, txfifo_empty);
  EXPECT_EQ(uart.read(int_raw) & txfifo_empty, txfifo_empty) << "still under the threshold";
  send(std::string(98, 'x'));  // one in the shift register, 97 in the FIFO
  uart.write(int_clr, txfifo_empty | tx_done);
  uart.write(int_ena, txfifo_empty);
  EXPECT_EQ(uart.read(int_raw) & txfifo_empty, 0u);
  EXPECT_FALSE(lines[uart0_source]);
  run_until(19 * microsecond);
  EXPECT_FALSE(lines[uart0_source]);
  run_until(20 * microsecond);
  EXPECT_TRUE(lines[uart0_source]) << "95 are left";
  EXPECT_EQ(uart.read(int_st), txfifo_empty);
  EXPECT_EQ(uart.read(int_raw) & tx_done, 0u);
  run_until(980 * microsecond);
  EXPECT_EQ(uart.read(int_raw) & tx_done, tx_done);
}

TEST_F(UartTest, TheTransmitterRestsWhenItsFifoRanEmpty) {
  megabaud();
  uart.write(idle_conf, 256u << 10 | 0x100);
  send("a");
  run_until(10 * microsecond);
  EXPECT_EQ(events.sent[0], "a");
  EXPECT_EQ(uart.read(fsm_status), 0u);
  send("b");
  run_until(276 * microsecond - 1);
  EXPECT_EQ(events.sent[0], "a");
  EXPECT_NE(uart.read(int_raw) & tx_brk_idle_done, 0u) << "256 bits of rest are over";
  run_until(276 * microsecond);
  EXPECT_EQ(events.sent[0], "ab");
}

TEST_F(UartTest, FifoResetsAreLevels) {
  megabaud();
  send("abc");
  set(conf0, txfifo_rst);
  EXPECT_EQ(transmit_count(), 0u);
  send("d");
  EXPECT_EQ(transmit_count(), 0u) << "held in reset";
  clear(conf0, txfifo_rst);
  run_for(100 * microsecond);
  EXPECT_EQ(events.sent[0], "a") << "what was in the shift register leaves";
  uart.receive('x');
  run_for(20 * microsecond);
  set(conf0, rxfifo_rst);
  clear(conf0, rxfifo_rst);
  EXPECT_EQ(received(), "");
}

TEST_F(UartTest, CoreResetEndsTheFrame) {
  megabaud();
  send("ab");
  run_for(5 * microsecond);
  set(clk_conf, rst_core);
  run_for(millisecond);
  EXPECT_THAT(events.sent, IsEmpty());
  EXPECT_TRUE(pins.level(txd_pin));
  clear(clk_conf, rst_core);
  run_for(10 * microsecond);
  EXPECT_EQ(events.sent[0], "b");
}

// ---- The pin

TEST_F(UartTest, ThePinShowsStartDataAndStopBits) {
  megabaud();
  EXPECT_TRUE(pins.level(txd_pin)) << "idle is high";
  send(std::string(1, 0x35));  // 0011 0101, least significant bit first: 1 0 1 0 1 1 0 0
  const bool line[] = {false, true, false, true, false, true, true, false, false, true};
  for (unsigned index = 0; index < 10; ++index) {
    run_until(index * microsecond + 500 * nanosecond);
    EXPECT_EQ(pins.level(txd_pin), line[index]) << index;
  }
}

TEST_F(UartTest, ParityBits) {
  megabaud();
  const struct {
    char byte;
    std::uint32_t parity;
    bool bit;
  } cases[] = {{3, 0, false}, {7, 0, true}, {3, parity_odd, true}, {7, parity_odd, false}};
  for (const auto& [byte, odd, bit] : cases) {
    uart.write(conf0, eight_n_one | parity_en | odd);
    const Time start = timeline.now();
    send(std::string(1, byte));
    run_until(start + 9 * microsecond + 500 * nanosecond);
    EXPECT_EQ(pins.level(txd_pin), bit) << int{byte} << " " << odd;
    run_until(start + 11 * microsecond);
  }
}

TEST_F(UartTest, InvertedOutput) {
  megabaud();
  set(conf0, txd_inv);
  EXPECT_FALSE(pins.level(txd_pin));
  send("x");
  run_for(500 * nanosecond);
  EXPECT_TRUE(pins.level(txd_pin));
}

TEST_F(UartTest, NobodyWatchesNobodyDraws) {
  megabaud();
  observers.remove(events);
  send("x");
  EXPECT_TRUE(pins.level(txd_pin));
  run_for(10 * microsecond);
  EXPECT_EQ(timeline.events_run(), 1u);
  EXPECT_EQ(uart.read(int_raw) & tx_done, tx_done);
}

TEST_F(UartTest, ABreakAfterTheData) {
  megabaud();
  uart.write(txbrk_conf, 2);
  set(conf0, txd_brk);
  send("x");
  run_until(15 * microsecond);
  EXPECT_FALSE(pins.level(txd_pin));
  EXPECT_EQ(uart.read(int_raw) & (tx_done | tx_brk_done), tx_done);
  run_until(30 * microsecond);
  EXPECT_TRUE(pins.level(txd_pin));
  EXPECT_EQ(uart.read(int_raw) & tx_brk_done, tx_brk_done);
}

// ---- Synchronous registers

TEST_F(UartTest, WithoutAutomaticUpdateSettingsWaitForRegUpdate) {
  megabaud();
  const Time before = uart.bit_time();
  uart.write(id, 0x500);  // HIGH_SPEED 0
  uart.write(clkdiv, 80);
  EXPECT_EQ(uart.bit_time(), before);
  uart.write(id, 0x500 | 1u << 31);
  EXPECT_EQ(uart.bit_time(), 2 * before);
  EXPECT_EQ(uart.read(id) >> 31, 0u);
}

TEST_F(UartTest, FifoAddressesMove) {
  megabaud();
  clear(clk_conf, tx_sclk_en);
  send("abc");
  EXPECT_EQ(uart.read(mem_tx_status), 3u);
  set(clk_conf, tx_sclk_en);
  run_for(100 * microsecond);
  EXPECT_EQ(uart.read(mem_tx_status), 3u | 3u << 11);
  uart.receive('x');
  run_for(20 * microsecond);
  EXPECT_EQ(uart.read(mem_rx_status), 0x100u | 0x101u << 11);
}

TEST_F(UartTest, ResetStopsEverything) {
  megabaud();
  send("abc");
  uart.receive('x');
  run_for(5 * microsecond);
  uart.reset();
  EXPECT_TRUE(pins.level(txd_pin));
  EXPECT_EQ(transmit_count(), 0u);
  run_for(millisecond);
  EXPECT_THAT(events.sent, IsEmpty());
}

}  // namespace
}  // namespace ferry::board
