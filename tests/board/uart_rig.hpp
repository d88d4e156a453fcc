// A UART on a bench with its pads, and its registers as the manual names them (chapter 26).
#pragma once

#include "board/devices/gpio/gpio.hpp"
#include "board/devices/io_mux/io_mux.hpp"
#include "board/devices/uart/uart.hpp"
#include "tests/board/peripheral_rig.hpp"

#include <string>
#include <string_view>

namespace ferry::board {

namespace uart_rig {
inline constexpr std::uint32_t fifo = 0x00, int_raw = 0x04, int_st = 0x08, int_ena = 0x0C, int_clr = 0x10,
                               clkdiv = 0x14, status = 0x1C, conf0 = 0x20, conf1 = 0x24, idle_conf = 0x48,
                               txbrk_conf = 0x44, mem_conf = 0x60, mem_tx_status = 0x64, mem_rx_status = 0x68,
                               fsm_status = 0x6C, clk_conf = 0x78, id = 0x80;
inline constexpr std::uint32_t rxfifo_full = 1u << 0, txfifo_empty = 1u << 1, parity_err = 1u << 2,
                               frm_err = 1u << 3, rxfifo_ovf = 1u << 4, cts_chg = 1u << 6, brk_det = 1u << 7,
                               rxfifo_tout = 1u << 8, glitch_det = 1u << 11, tx_brk_done = 1u << 12,
                               tx_brk_idle_done = 1u << 13, tx_done = 1u << 14;
// CONF0.
inline constexpr std::uint32_t parity_odd = 1u << 0, parity_en = 1u << 1, txd_brk = 1u << 8,
                               loopback = 1u << 14, tx_flow_en = 1u << 15, rxfifo_rst = 1u << 17,
                               txfifo_rst = 1u << 18, rxd_inv = 1u << 19, txd_inv = 1u << 22,
                               err_wr_mask = 1u << 26, mem_clk_en = 1u << 28;
constexpr std::uint32_t bits(unsigned count) { return (count - 5) << 2; }
inline constexpr std::uint32_t stop_1 = 1u << 4, stop_1_5 = 2u << 4, stop_2 = 3u << 4;
inline constexpr std::uint32_t eight_n_one = mem_clk_en | bits(8) | stop_1;
// CLK_CONF.
inline constexpr std::uint32_t sclk_apb = 1u << 20, sclk_rc_fast = 2u << 20, sclk_xtal = 3u << 20;
inline constexpr std::uint32_t sclk_en = 1u << 22, rst_core = 1u << 23, tx_sclk_en = 1u << 24,
                               rx_sclk_en = 1u << 25;
inline constexpr std::uint32_t clocks_on = sclk_en | tx_sclk_en | rx_sclk_en;
inline constexpr unsigned uart0_source = 21;
inline constexpr unsigned rxd_pin = 20, txd_pin = 21;

}  // namespace uart_rig

struct UartBench : ::testing::Test, Bench {
  Pins pins{observers};
  Routing routing{pins};
  IoMux io_mux{routing, observers};
  Gpio gpio{pins, routing, lines, observers};
  Uart uart{0, timeline, clocks, pins, lines, observers};

  UartBench() {
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
    uart.write(uart_rig::clk_conf, uart_rig::sclk_xtal | uart_rig::clocks_on);
    uart.write(uart_rig::clkdiv, 40);
    uart.write(uart_rig::idle_conf, 0);
  }
  void send(std::string_view text) {
    for (const char byte : text) uart.write(uart_rig::fifo, static_cast<std::uint8_t>(byte));
  }
  std::string received() {
    std::string text;
    while ((uart.read(uart_rig::status) & 0x3FF) != 0) text += static_cast<char>(uart.read(uart_rig::fifo));
    return text;
  }
  unsigned transmit_count() { return uart.read(uart_rig::status) >> 16 & 0x3FF; }
};

}  // namespace ferry::board
