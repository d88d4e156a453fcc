#include "tests/board/uart_rig.hpp"

namespace ferry::board {
namespace {

using namespace uart_rig;
using ::testing::IsEmpty;

struct UartReceiveTest : UartBench {};

TEST_F(UartReceiveTest, AWireFromTxdToRxdLoopsBack) {
  megabaud();
  pins.wire(txd_pin, rxd_pin);
  std::string text;
  for (int byte = 0; byte < 100; ++byte) text += static_cast<char>(byte * 7);
  send(text);
  run_for(millisecond + microsecond);
  EXPECT_EQ(received(), text);
  EXPECT_EQ(uart.read(int_raw) & (frm_err | parity_err | brk_det | glitch_det), 0u);
}

TEST_F(UartReceiveTest, AWireLoopsBackInEveryFormat) {
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

TEST_F(UartReceiveTest, TwoUartsTalk) {
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

TEST_F(UartReceiveTest, AWrongBaudRateShowsAsErrors) {
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

TEST_F(UartReceiveTest, AGlitchIsNotAStartBit) {
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

TEST_F(UartReceiveTest, ABreakIsDetected) {
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

TEST_F(UartReceiveTest, InvertedInput) {
  megabaud();
  set(conf0, rxd_inv | txd_inv);
  pins.wire(txd_pin, rxd_pin);
  send("hello");
  run_for(60 * microsecond);
  EXPECT_EQ(received(), "hello");
}

// ---- Receiving from outside without the pin

TEST_F(UartReceiveTest, InjectedBytesComeAtThePaceOfTheLine) {
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

TEST_F(UartReceiveTest, TheReceiveThresholdIsExceededNotReached) {
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

TEST_F(UartReceiveTest, AnOverflowLosesTheByte) {
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

TEST_F(UartReceiveTest, SilenceTimesOut) {
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

TEST_F(UartReceiveTest, LoopbackInside) {
  megabaud();
  set(conf0, loopback);
  send("inside");
  run_for(70 * microsecond);
  EXPECT_EQ(received(), "inside");
}

TEST_F(UartReceiveTest, ClearToSendHoldsTheTransmitter) {
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

TEST_F(UartReceiveTest, RequestToSendFollowsTheReceiveFifo) {
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

}  // namespace
}  // namespace ferry::board
