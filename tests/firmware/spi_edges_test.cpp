// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6
// What is on the wires, counted: eight clocks per byte and no more, MOSI quiet while only receiving.
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

// SCK and MOSI, seen on the pins they are wired to.
constexpr std::uint32_t clock_probe = 6;
constexpr std::uint32_t data_probe = 2;
volatile std::uint32_t clocks = 0;
volatile std::uint32_t data_edges = 0;

void on_rising_edge() {
  using namespace chip::gpio;
  const std::uint32_t status = mmio::read<Status>(base);
  mmio::write_word<StatusW1tc>(base, status);
  if ((status & 1u << clock_probe) != 0) clocks = clocks + 1;
  if ((status & 1u << data_probe) != 0) data_edges = data_edges + 1;
}

struct Seen {
  std::uint32_t clocks;
  std::uint32_t data_edges;
};

Seen take_seen() {
  delay(100_us);
  const Seen seen{clocks, data_edges};
  clocks = 0;
  data_edges = 0;
  return seen;
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input probe{std::move(chip.gpio6)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<100>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  // Slow enough for a handler per edge.
  auto spi =
      make_master(chip, {.frequency = 50_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  {
    using namespace chip::gpio;
    mmio::modify(base, Pin::int_type(1) | Pin::int_ena(1), clock_probe);
    mmio::modify(base, Pin::int_type(1) | Pin::int_ena(1), data_probe);
    interrupt::attach(interrupt::Source::gpio, 1, on_rising_edge);
  }

  // 0x6A, 0b01101010, has three rising edges.
  std::array<std::byte, 70> bytes;
  bytes.fill(0x6A_b);
  take_seen();
  FERRY_CHECK(spi.write(bytes).has_value());
  Seen seen = take_seen();
  FERRY_CHECK_EQUAL(seen.clocks, 560u);
  FERRY_CHECK_EQUAL(seen.data_edges, 210u);
  FERRY_CHECK(spi.read(bytes).has_value());
  seen = take_seen();
  FERRY_CHECK_EQUAL(seen.clocks, 560u);
  FERRY_CHECK_EQUAL(seen.data_edges, 0u);

  bytes.fill(0x6A_b);
  tx.fill(0x6A_b);
  struct Case {
    dma::Lengths lengths;
    std::uint32_t bytes;       // on the wire
    std::uint32_t bytes_sent;  // of them not zero
  };
  const Case cases[] = {
      {{.rx_length = 4, .tx_length = 4}, 4, 4},       {{.rx_length = 0, .tx_length = 5}, 5, 5},
      {{.rx_length = 5, .tx_length = 0}, 5, 0},       {{.rx_length = 2, .tx_length = 4}, 4, 4},
      {{.rx_length = 4, .tx_length = 2}, 4, 2},       {{.rx_length = 100, .tx_length = 1}, 100, 1},
      {{.rx_length = 1, .tx_length = 100}, 100, 100}, {{.rx_length = 0, .tx_length = 0}, 0, 0}};
  for (const Case& test : cases) {
    // SPI's own buffer is full of edges: what a pure read sends must not come from there.
    FERRY_CHECK(spi.write(bytes).has_value());
    take_seen();
    const auto outcome =
        std::move(spi).transfer(std::move(rx), std::move(tx), test.lengths).wait_into(spi, rx, tx);
    FERRY_CHECK(outcome.has_value());
    seen = take_seen();
    FERRY_CHECK_EQUAL(seen.clocks, test.bytes * 8);
    FERRY_CHECK_EQUAL(seen.data_edges, test.bytes_sent * 3);
  }

  // In the modes that idle high there are as many rising edges.
  for (const spi::Mode mode : {spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
    spi.apply_config({.frequency = 50_kHz, .mode = mode});
    FERRY_CHECK(spi.write(std::span{bytes}.first(1)).has_value());  // the clock takes its new idle level here
    take_seen();
    const auto outcome = std::move(spi)
                             .transfer(std::move(rx), std::move(tx), {.rx_length = 10, .tx_length = 10})
                             .wait_into(spi, rx, tx);
    FERRY_CHECK(outcome.has_value());
    FERRY_CHECK_EQUAL(take_seen().clocks, 80u);
  }
  return check::result();
}
