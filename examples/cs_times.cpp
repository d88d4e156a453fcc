/// Gives a slow device time between chip select and the clock, and measures it at the pins.
// run: --wire GPIO5:GPIO7 --wire GPIO0:GPIO1
// expect-text: Set-up 1, hold 2: 1.5 and 2.5 clocks.*Set-up 0, hold 0: 0.5 and 0.5 .*Set-up 32, hold 9: 32.5 and 9.5
#include <ferry/ferry.hpp>

#include <cstdint>

using namespace ferry::literals;

namespace {

struct Pins {
  ferry::gpio::Input select, clock;
};

// In half clock cycles, which are 10 us at 50 kHz.
std::uint64_t halves(ferry::Instant from, ferry::Instant to) {
  return ((to - from).in_microseconds() + 5) / 10;
}

// DMA carries one byte to the device; the CPU has time to look at the lines.
bool measure(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::TxBuffer& tx FERRY_BORROWS,
             const Pins& pins) {
  ferry::Instant selected = ferry::time::now(), first = selected, last = selected, released = selected;
  bool was_selected = false, was_high = false;
  std::uint32_t edges = 0;
  auto write = std::move(spi).write(std::move(tx));
  for (bool over = false; !over && edges <= 8;) {
    const ferry::Instant now = ferry::time::now();
    const bool is_selected = pins.select.is_low(), is_high = pins.clock.is_high();
    over = write.is_done() && !is_selected;
    if (is_selected != was_selected) (was_selected ? released : selected) = now;
    was_selected = is_selected;
    if (is_high && !was_high) (edges++ == 0 ? first : last) = now;
    was_high = is_high;
  }
  const auto outcome = std::move(write).wait_into(spi, tx);
  ferry::print("{}.{} and {}.{} clocks\n", halves(selected, first) / 2, halves(selected, first) % 2 * 5,
               halves(last, released) / 2, halves(last, released) % 2 * 5);
  return outcome && edges == 8;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  const Pins pins{ferry::gpio::Input{std::move(chip.gpio7)}, ferry::gpio::Input{std::move(chip.gpio1)}};
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<1>();
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 50_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  ferry::print("Set-up 1, hold 2: ");
  if (!measure(spi, tx, pins)) return 1;
  //! [times]
  // Whole clocks; half a clock comes on top, as the edges that sample lie in the middle of the bits.
  spi.apply_config({.frequency = 50_kHz, .cs_setup = 0, .cs_hold = 0});
  ferry::print("Set-up 0, hold 0: ");
  if (!measure(spi, tx, pins)) return 1;
  spi.apply_config({.frequency = 50_kHz, .cs_setup = 32, .cs_hold = 9});
  ferry::print("Set-up 32, hold 9: ");
  if (!measure(spi, tx, pins)) return 1;
  //! [times]
  return 0;
}
