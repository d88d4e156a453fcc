/// Transfers of no bytes: they succeed at once, and neither the clock nor chip select moves.
// run: --wire GPIO5:GPIO7 --wire GPIO0:GPIO1
// expect-text: By the CPU: 3 of 3.*By DMA: done, 0 bytes, 0 edges.*A copy: done, 0 bytes.*Then one byte: 1[78] edges
#include <ferry/ferry.hpp>

#include <cstdint>

using namespace ferry::literals;

namespace {

// The clock and chip select, looked at often enough to miss no edge of 50 kHz.
struct Pins {
  ferry::gpio::Input select, clock;

  std::uint32_t edges_within(ferry::Duration span) const {
    std::uint32_t edges = 0;
    bool was_selected = select.is_low(), was_high = clock.is_high();
    for (const auto end = ferry::Deadline::after(span); !end.has_passed();) {
      const bool is_selected = select.is_low(), is_high = clock.is_high();
      edges += (is_selected != was_selected ? 1 : 0) + (is_high != was_high ? 1 : 0);
      was_selected = is_selected;
      was_high = is_high;
    }
    return edges;
  }
};

bool by_dma(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
            ferry::dma::TxBuffer& tx FERRY_BORROWS, const Pins& pins) {
  //! [nothing]
  auto empty = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 0, .tx_length = 0});
  const bool done = empty.is_done();
  const std::uint32_t edges = pins.edges_within(500_us);
  const auto outcome = std::move(empty).wait_into(spi, rx, tx);
  //! [nothing]
  if (!done || !outcome) return false;
  ferry::print("By DMA: done, {} bytes, {} edges\n", outcome->length, edges);
  return true;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  const Pins pins{ferry::gpio::Input{std::move(chip.gpio7)}, ferry::gpio::Input{std::move(chip.gpio1)}};
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<4>();
  auto lists = ferry::dma_descriptors<1>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 50_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  const int well = (spi.transfer({}, {}) ? 1 : 0) + (spi.write({}) ? 1 : 0) + (spi.read({}) ? 1 : 0);
  ferry::print("By the CPU: {} of 3\n", well);
  if (well != 3 || !by_dma(spi, rx, tx, pins)) return 1;

  auto other = std::move(dma.channel1);
  ferry::dma::Copier copier{std::move(other).configure({}, std::move(lists.rx), std::move(lists.tx)),
                            std::move(chip.uhci0)};
  const auto copied = copier.copy_and_wait(rx, tx, 0);
  if (!copied) return 1;
  ferry::print("A copy: done, {} bytes\n", copied->length);

  // That the pins are looked at well enough.
  auto one = std::move(spi).write(std::move(tx), 1);
  ferry::print("Then one byte: {} edges\n", pins.edges_within(2_ms));
  return std::move(one).wait_into(spi, tx) ? 0 : 1;
}
