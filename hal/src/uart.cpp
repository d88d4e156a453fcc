#include "ferry/uart.hpp"

#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/signals.hpp"
#include "ferry/clock.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/console.hpp"
#include "hal/src/start.hpp"

#include <cstdint>

namespace ferry {
namespace {

using namespace chip::uart;

constexpr std::uint32_t base = base_0;
constexpr unsigned transmit_pin = 21, receive_pin = 20;
constexpr std::uint32_t fifo_size = 128;
constexpr std::uint32_t baud = 115'200;

// One byte takes 87 µs, 14,000 cycles at 160 MHz, and one poll at least ten of them. So room for a byte comes
// well before this many polls, and an empty FIFO well before a hundred times as many.
constexpr int polls_for_one_byte = 3000;

// Divider for the baud rate in sixteenths (reference manual, chapter 26), from the crystal: unlike the bus
// clock it is the same before and after the PLL is up.
constexpr std::uint32_t divider_sixteenths = clock::crystal_frequency.value * 16u / baud;

bool is_idle() {
  return mmio::read(base, Status::txfifo_cnt) == 0 && mmio::read(base, FsmStatus::st_utx_out) == 0;
}

}  // namespace

void detail::start_uart0() {
  using chip::system::PeripClkEn0;
  using chip::system::PeripRstEn0;
  mmio::modify(chip::system::base, PeripClkEn0::uart_clk_en(1) | PeripClkEn0::uart_mem_clk_en(1));
  mmio::modify(chip::system::base, PeripRstEn0::uart_rst(0) | PeripRstEn0::uart_mem_rst(0));
  // The ROM's last words may still be on their way.
  console_drain();

  constexpr std::uint32_t from_crystal = 3;  // CLK_CONF.SCLK_SEL
  mmio::write(base, ClkConf::sclk_sel(from_crystal) | ClkConf::sclk_en(1) | ClkConf::tx_sclk_en(1) |
                        ClkConf::rx_sclk_en(1));
  mmio::write(base, Clkdiv::clkdiv(divider_sixteenths / 16) | Clkdiv::frag(divider_sixteenths % 16));
  // bit_num 3 is eight data bits, stop_bit_num 1 one stop bit.
  mmio::write(base, Conf0::bit_num(3) | Conf0::stop_bit_num(1) | Conf0::mem_clk_en(1));

  using chip::io_mux::Gpio;
  constexpr std::uint32_t uart0_function = 0;  // of GPIO20 and GPIO21: the direct way, not through the matrix
  mmio::modify(chip::gpio::base, chip::gpio::FuncInSelCfg::sel(0), chip::signal::u0rxd);
  mmio::modify(chip::io_mux::base, Gpio::mcu_sel(uart0_function), transmit_pin);
  // The pull-up keeps the line idle when nothing is connected.
  mmio::modify(chip::io_mux::base, Gpio::mcu_sel(uart0_function) | Gpio::fun_ie(1) | Gpio::fun_wpu(1),
               receive_pin);
}

bool detail::console_put(char character) {
  for (int polls = 0; polls < polls_for_one_byte; ++polls) {
    if (mmio::read(base, Status::txfifo_cnt) < fifo_size) {
      mmio::write(base, Fifo::rxfifo_rd_byte.run_time(static_cast<std::uint8_t>(character)));
      return true;
    }
  }
  return false;
}

void detail::console_put(std::string_view text) {
  for (const char character : text) console_put(character);
}

void detail::console_put_word(std::uint32_t value) {
  console_put("0x");
  for (int shift = 28; shift >= 0; shift -= 4) {
    const std::uint32_t digit = (value >> shift) & 0xF;
    console_put(static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10));
  }
}

void detail::console_drain() {
  for (int polls = 0; polls < 100 * polls_for_one_byte && !is_idle(); ++polls) {
  }
}

std::size_t uart::write(std::span<const std::byte> bytes) {
  std::size_t sent = 0;
  for (const std::byte byte : bytes) sent += detail::console_put(static_cast<char>(byte)) ? 1 : 0;
  return sent;
}

std::optional<std::byte> uart::try_read() {
  if (mmio::read(base, Status::rxfifo_cnt) == 0) return std::nullopt;
  return static_cast<std::byte>(mmio::read(base, Fifo::rxfifo_rd_byte));
}

std::optional<std::byte> uart::read(Deadline deadline) {
  for (;;) {
    if (const auto byte = try_read()) return byte;
    if (deadline.has_passed()) return std::nullopt;
  }
}

}  // namespace ferry
