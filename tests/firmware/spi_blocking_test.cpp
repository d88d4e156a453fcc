// run: --wire GPIO4:GPIO2 --wire GPIO5:GPIO6
// Blocking SPI through the 64-byte FIFO: lengths around it, unequal lengths, modes, bit orders, CS.
#include "check.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t largest = 4096;
std::array<std::byte, largest> sent;
std::array<std::byte, largest> received;

struct Lengths {
  std::uint32_t rx_length;
  std::uint32_t tx_length;
};
constexpr Lengths unequal[] = {{2, 4}, {4, 2}, {10, 145}, {145, 10}, {64, 65}, {65, 64}};

std::span<std::byte> tx(std::uint32_t length) { return std::span{sent}.first(length); }
std::span<std::byte> rx(std::uint32_t length) { return std::span{received}.first(length); }

// Rising edges of CS, seen on the pin it is wired to.
constexpr std::uint32_t probe_pin = 6;
volatile std::uint32_t selections = 0;

void on_edge() {
  mmio::write_word<chip::gpio::StatusW1tc>(chip::gpio::base, 1u << probe_pin);
  selections = selections + 1;
}

void watch_cs() {
  using namespace chip::gpio;
  mmio::modify(base, Pin::int_type(1) | Pin::int_ena(1), probe_pin);
  interrupt::attach(interrupt::Source::gpio, 1, on_edge);
}

std::uint32_t take_selections() {
  delay(10_us);
  const std::uint32_t count = selections;
  selections = 0;
  return count;
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input probe{std::move(chip.gpio6)};
  auto spi = make_master(chip, {.frequency = 10_MHz});
  watch_cs();

  // The same bytes come back, and CS is active once, however many pieces there are.
  std::uint32_t round = 0;
  for (const std::uint32_t length :
       {1u, 2u, 3u, 4u, 5u, 63u, 64u, 65u, 127u, 128u, 129u, 145u, 1000u, 4096u}) {
    ++round;
    fill_pattern(tx(length), round);
    received.fill(0xEE_b);
    FERRY_CHECK(spi.transfer(rx(length), tx(length)).has_value());
    FERRY_CHECK_EQUAL(matching(rx(length), round), length);
    if (length < largest) FERRY_CHECK(received[length] == 0xEE_b);
    FERRY_CHECK_EQUAL(take_selections(), 1u);

    FERRY_CHECK(spi.transfer_in_place(tx(length)).has_value());
    FERRY_CHECK_EQUAL(matching(tx(length), round), length);
    FERRY_CHECK_EQUAL(take_selections(), 1u);
  }

  // Spans that do not start on a word.
  fill_pattern(std::span{sent}.subspan(1, 70), 3);
  FERRY_CHECK(spi.transfer(std::span{received}.subspan(3, 70), std::span{sent}.subspan(1, 70)).has_value());
  FERRY_CHECK_EQUAL(matching(std::span{received}.subspan(3, 70), 3), 70u);

  // More sent than received, and the reverse.
  for (const auto& [rx_length, tx_length] : unequal) {
    ++round;
    const std::uint32_t common = rx_length < tx_length ? rx_length : tx_length;
    fill_pattern(tx(tx_length), round);
    received.fill(0xEE_b);
    take_selections();
    FERRY_CHECK(spi.transfer(rx(rx_length), tx(tx_length)).has_value());
    FERRY_CHECK_EQUAL(matching(rx(common), round), common);
    FERRY_CHECK_EQUAL(leading(rx(rx_length).subspan(common), 0_b), rx_length - common);
    FERRY_CHECK(received[rx_length] == 0xEE_b);
    FERRY_CHECK_EQUAL(take_selections(), 1u);
  }

  // Only one direction, and nothing at all.
  received.fill(0xEE_b);
  FERRY_CHECK(spi.read(rx(145)).has_value());
  FERRY_CHECK_EQUAL(leading(rx(145), 0_b), 145u);
  FERRY_CHECK_EQUAL(take_selections(), 1u);
  FERRY_CHECK(spi.write(tx(145)).has_value());
  FERRY_CHECK_EQUAL(take_selections(), 1u);
  FERRY_CHECK(spi.transfer({}, {}).has_value());
  FERRY_CHECK(spi.read({}).has_value());
  FERRY_CHECK(spi.write({}).has_value());
  FERRY_CHECK_EQUAL(take_selections(), 0u);

  // Every mode at several speeds; the wire closes the loop in each.
  for (const spi::Frequency frequency :
       {spi::Frequency{100_kHz}, spi::Frequency{1_MHz}, spi::Frequency{20_MHz}}) {
    for (const spi::Mode mode : {spi::Mode::_0, spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
      ++round;
      spi.apply_config({.frequency = frequency, .mode = mode});
      fill_pattern(tx(70), round);
      FERRY_CHECK(spi.transfer(rx(70), tx(70)).has_value());
      FERRY_CHECK_EQUAL(matching(rx(70), round), 70u);
    }
  }

  // Bit orders, apart and together.
  using spi::BitOrder;
  sent = {0x01_b, 0xB0_b, 0xFF_b};
  spi.apply_config({.frequency = 1_MHz, .write_bit_order = BitOrder::lsb_first});
  FERRY_CHECK(spi.transfer(rx(3), tx(3)).has_value());
  FERRY_CHECK(received[0] == 0x80_b && received[1] == 0x0D_b && received[2] == 0xFF_b);
  spi.apply_config({.frequency = 1_MHz, .read_bit_order = BitOrder::lsb_first});
  FERRY_CHECK(spi.transfer(rx(3), tx(3)).has_value());
  FERRY_CHECK(received[0] == 0x80_b && received[1] == 0x0D_b && received[2] == 0xFF_b);
  spi.apply_config(
      {.frequency = 1_MHz, .write_bit_order = BitOrder::lsb_first, .read_bit_order = BitOrder::lsb_first});
  FERRY_CHECK(spi.transfer(rx(3), tx(3)).has_value());
  FERRY_CHECK(received[0] == 0x01_b && received[1] == 0xB0_b && received[2] == 0xFF_b);

  // The wire takes as long as it has to: 64 bytes at 100 kHz are 5.12 ms.
  spi.apply_config({.frequency = 100_kHz});
  const Instant start = time::now();
  FERRY_CHECK(spi.write(tx(64)).has_value());
  const Duration taken = time::now() - start;
  FERRY_CHECK(taken >= 5120_us && taken < 5300_us);
  return check::result();
}
