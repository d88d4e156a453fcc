#include "board/devices/uart/uart.hpp"

#include "board/devices/gpio/gpio.hpp"
#include "board/devices/io_mux/io_mux.hpp"
#include "tests/board/peripheral_rig.hpp"

#include <algorithm>

namespace ferry::board {
namespace {

using ::testing::IsEmpty;

// Offsets and bits from the manual, chapter 26.
constexpr std::uint32_t fifo = 0x00, int_raw = 0x04, int_st = 0x08, int_ena = 0x0C, int_clr = 0x10,
                        clkdiv = 0x14, status = 0x1C, conf0 = 0x20, conf1 = 0x24, idle_conf = 0x48,
                        txbrk_conf = 0x44, mem_conf = 0x60, mem_tx_status = 0x64, mem_rx_status = 0x68,
                        fsm_status = 0x6C, clk_conf = 0x78, id = 0x80;
constexpr std::uint32_t rxfifo_full = 1u << 0, txfifo_empty = 1u << 1, parity_err = 1u << 2,
                        frm_err = 1u << 3, rxfifo_ovf = 1u << 4, cts_chg = 1u << 6, brk_det = 1u << 7,
                        rxfifo_tout = 1u << 8, glitch_det = 1u << 11, tx_brk_done = 1u << 12,
                        tx_brk_idle_done = 1u << 13, tx_done = 1u << 14;
// CONF0.
constexpr std::uint32_t parity_odd = 1u << 0, parity_en = 1u << 1, txd_brk = 1u << 8, loopback = 1u << 14,
                        tx_flow_en = 1u << 15, rxfifo_rst = 1u << 17, txfifo_rst = 1u << 18,
                        rxd_inv = 1u << 19, txd_inv = 1u << 22, err_wr_mask = 1u << 26, mem_clk_en = 1u << 28;
constexpr std::uint32_t bits(unsigned count) { return (count - 5) << 2; }
constexpr std::uint32_t stop_1 = 1u << 4, stop_1_5 = 2u << 4, stop_2 = 3u << 4;
constexpr std::uint32_t eight_n_one = mem_clk_en | bits(8) | stop_1;
// CLK_CONF.
constexpr std::uint32_t sclk_apb = 1u << 20, sclk_rc_fast = 2u << 20, sclk_xtal = 3u << 20;
constexpr std::uint32_t sclk_en = 1u << 22, rst_core = 1u << 23, tx_sclk_en = 1u << 24, rx_sclk_en = 1u << 25;
constexpr std::uint32_t clocks_on = sclk_en | tx_sclk_en | rx_sclk_en;
constexpr unsigned uart0_source = 21;
constexpr unsigned rxd_pin = 20, txd_pin = 21;

struct UartTest : ::testing::Test, Bench {
  Pins pins{observers};
  Routing routing{pins};
  IoMux io_mux{routing, observers};
  Gpio gpio{pins, routing, lines, observers};
  Uart uart{0, timeline, clocks, pins, lines, observers};

  UartTest() {
    uart.reset();  // as the board does it: after the pads
    events.pins.clear();
  }
  void set(std::uint32_t offset, std::uint32_t bits_to_set) {
    uart.write(offset, uart.read(offset) | bits_to_set);
  }
  void clear(std::uint32_t offset, std::uint32_t bits_to_clear) {
    uart.write(offset, uart.read(offset) & ~bits_to_clear);
  }
  // A million baud from the crystal, no pause after the FIFO ran empty.
  void megabaud() {
    uart.write(clk_conf, sclk_xtal | clocks_on);
    uart.write(clkdiv, 40);
    uart.write(idle_conf, 0);
  }
  void send(std::string_view text) {
    for (const char byte : text) uart.write(fifo, static_cast<std::uint8_t>(byte));
  }
  std::string received() {
    std::string text;
    while ((uart.read(status) & 0x3FF) != 0) text += static_cast<char>(uart.read(fifo));
    return text;
  }
  unsigned transmit_count() { return uart.read(status) >> 16 & 0x3FF; }
};

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

TEST_F(UartTest, AWireFromTxdToRxdLoopsBack) {
  megabaud();
  pins.wire(txd_pin, rxd_pin);
  std::string text;
  for (int byte = 0; byte < 100; ++byte) text += static_cast<char>(byte * 7);
  send(text);
  run_for(millisecond + microsecond);
  EXPECT_EQ(received(), text);
  EXPECT_EQ(uart.read(int_raw) & (frm_err | parity_err | brk_det | glitch_det), 0u);
}

TEST_F(UartTest, AWireLoopsBackInEveryFormat) {
  pins.wire(txd_pin, rxd_pin);
  megabaud();
  for (unsigned count = 5; count <= 8; ++count) {
    for (const std::uint32_t more : {stop_1, stop_1_5 | parity_en, stop_2 | parity_en | parity_odd}) {
      uart.write(conf0, mem_clk_en | bits(count) | more);
      send("\x15\x0A");
      run_for(30 * microsecond);
      EXPECT_EQ(received(), "\x15\x0A") << count;
    }
  }
  EXPECT_EQ(uart.read(int_raw) & (frm_err | parity_err), 0u);
}

TEST_F(UartTest, TwoUartsTalk) {
  Uart other{1, timeline, clocks, pins, lines, observers};
  other.write(clk_conf, sclk_xtal | clocks_on);
  other.write(clkdiv, 40);
  megabaud();
  // UART1 on GPIO4 (TXD, signal 9) and GPIO5 (RXD) through the matrix.
  io_mux.write(0x04 + 4 * 4, 1u << 12);
  gpio.write(0x554 + 4 * 4, 9);
  io_mux.write(0x04 + 4 * 5, 1u << 12 | 1u << 9);
  gpio.write(0x154 + 4 * 9, 1u << 6 | 5);
  pins.wire(4, rxd_pin);
  pins.wire(txd_pin, 5);
  other.reset();
  other.write(clk_conf, sclk_xtal | clocks_on);
  other.write(clkdiv, 40);
  send("ping");
  for (const char byte : {'p', 'o', 'n', 'g'}) other.write(fifo, static_cast<std::uint8_t>(byte));
  run_for(100 * microsecond);
  EXPECT_EQ(received(), "pong");
  std::string heard;
  while ((other.read(status) & 0x3FF) != 0) heard += static_cast<char>(other.read(fifo));
  EXPECT_EQ(heard, "ping");
  EXPECT_EQ(events.sent[1], "pong");
}

TEST_F(UartTest, AWrongBaudRateShowsAsErrors) {
  pins.wire(txd_pin, rxd_pin);
  megabaud();
  const auto level = [&](bool value, Time length) {
    pins.drive_from_outside(rxd_pin, value);
    run_for(length);
  };
  io_mux.write(0x04 + 4 * txd_pin, 1u << 12);  // TXD lets go of its pad
  level(true, microsecond);
  for (int half = 0; half < 24; ++half) level((half & 2) != 0, 350 * nanosecond);
  level(false, 20 * microsecond);
  level(true, 20 * microsecond);
  EXPECT_NE(uart.read(int_raw) & frm_err, 0u);
}

TEST_F(UartTest, AGlitchIsNotAStartBit) {
  megabaud();
  pins.drive_from_outside(rxd_pin, true);
  run_for(microsecond);
  pins.drive_from_outside(rxd_pin, false);
  run_for(200 * nanosecond);
  pins.drive_from_outside(rxd_pin, true);
  run_for(20 * microsecond);
  EXPECT_EQ(uart.read(int_raw) & glitch_det, glitch_det);
  EXPECT_EQ(received(), "");
}

TEST_F(UartTest, ABreakIsDetected) {
  megabaud();
  pins.drive_from_outside(rxd_pin, true);
  run_for(microsecond);
  pins.drive_from_outside(rxd_pin, false);
  run_for(15 * microsecond);
  pins.drive_from_outside(rxd_pin, true);
  run_for(microsecond);
  EXPECT_EQ(uart.read(int_raw) & (brk_det | frm_err), brk_det | frm_err);
  EXPECT_EQ(received(), std::string(1, '\0'));
  set(conf0, err_wr_mask);
  pins.drive_from_outside(rxd_pin, false);
  run_for(15 * microsecond);
  EXPECT_EQ(received(), "") << "ERR_WR_MASK keeps it out";
}

TEST_F(UartTest, InvertedInput) {
  megabaud();
  set(conf0, rxd_inv | txd_inv);
  pins.wire(txd_pin, rxd_pin);
  send("hello");
  run_for(60 * microsecond);
  EXPECT_EQ(received(), "hello");
}

// ---- Receiving from outside without the pin

TEST_F(UartTest, InjectedBytesComeAtThePaceOfTheLine) {
  megabaud();
  for (const char byte : std::string("hello")) uart.receive(static_cast<std::uint8_t>(byte));
  run_until(10 * microsecond - 1);
  EXPECT_EQ(uart.read(status) & 0x3FF, 0u);
  run_until(30 * microsecond);
  EXPECT_EQ(uart.read(status) & 0x3FF, 3u);
  run_until(50 * microsecond);
  EXPECT_EQ(received(), "hello");
  EXPECT_EQ(uart.read(fifo), 0u) << "an empty FIFO reads 0";
}

TEST_F(UartTest, TheReceiveThresholdIsExceededNotReached) {
  megabaud();
  uart.write(conf1, 3);
  uart.write(int_ena, rxfifo_full);
  for (int byte = 0; byte < 4; ++byte) uart.receive('x');
  run_until(30 * microsecond);
  EXPECT_FALSE(lines[uart0_source]);
  run_until(40 * microsecond);
  EXPECT_TRUE(lines[uart0_source]);
  uart.write(int_clr, rxfifo_full);
  EXPECT_TRUE(lines[uart0_source]) << "still four bytes";
  (void)uart.read(fifo);
  uart.write(int_clr, rxfifo_full);
  EXPECT_FALSE(lines[uart0_source]);
}

TEST_F(UartTest, AnOverflowLosesTheByte) {
  megabaud();
  for (int byte = 0; byte < 130; ++byte) uart.receive(static_cast<std::uint8_t>(byte));
  run_until(1'280 * microsecond);
  EXPECT_EQ(uart.read(int_raw) & rxfifo_ovf, 0u);
  run_until(1'300 * microsecond);
  EXPECT_EQ(uart.read(int_raw) & rxfifo_ovf, rxfifo_ovf);
  const std::string text = received();
  EXPECT_EQ(text.size(), 128u);
  EXPECT_EQ(text.back(), 127);
}

TEST_F(UartTest, SilenceTimesOut) {
  megabaud();
  uart.write(conf1, 96 | 1u << 21);
  uart.write(mem_conf, 0x12 | 10u << 16);  // ten bits
  uart.write(int_ena, rxfifo_tout);
  run_for(millisecond);
  EXPECT_FALSE(lines[uart0_source]) << "nothing came yet";
  uart.receive('x');
  uart.receive('y');
  const Time start = timeline.now();
  run_until(start + 30 * microsecond - 1);
  EXPECT_FALSE(lines[uart0_source]);
  run_until(start + 30 * microsecond);
  EXPECT_TRUE(lines[uart0_source]);
  uart.write(int_clr, rxfifo_tout);
  run_for(millisecond);
  EXPECT_FALSE(lines[uart0_source]) << "once per silence";
}

TEST_F(UartTest, LoopbackInside) {
  megabaud();
  set(conf0, loopback);
  send("inside");
  run_for(70 * microsecond);
  EXPECT_EQ(received(), "inside");
}

TEST_F(UartTest, ClearToSendHoldsTheTransmitter) {
  megabaud();
  // CTS (signal 7) from GPIO3.
  io_mux.write(0x04 + 4 * 3, 1u << 12 | 1u << 9);
  gpio.write(0x154 + 4 * 7, 1u << 6 | 3);
  pins.drive_from_outside(3, true);
  uart.write(int_clr, cts_chg);
  set(conf0, tx_flow_en);
  send("x");
  run_for(millisecond);
  EXPECT_THAT(events.sent, IsEmpty());
  pins.drive_from_outside(3, false);
  EXPECT_EQ(uart.read(int_raw) & cts_chg, cts_chg);
  run_for(10 * microsecond);
  EXPECT_EQ(events.sent[0], "x");
}

TEST_F(UartTest, RequestToSendFollowsTheReceiveFifo) {
  megabaud();
  io_mux.write(0x04 + 4 * 3, 1u << 12);
  gpio.write(0x554 + 4 * 3, 7);
  uart.write(mem_conf, 0xA0012 | 2u << 7);
  set(conf1, 1u << 20);
  EXPECT_FALSE(pins.level(3));
  for (int byte = 0; byte < 3; ++byte) uart.receive('x');
  run_for(30 * microsecond);
  EXPECT_TRUE(pins.level(3)) << "three are more than two";
  (void)uart.read(fifo);
  EXPECT_FALSE(pins.level(3));
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

TEST_F(UartTest, WhatIsNotModelledIsTold) {
  set(conf0, 1u << 16);
  uart.write(0x4C, 1);
  uart.write(0x34, 1);
  EXPECT_EQ(events.notices.size(), 3u);
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
