/// SPI receives by one DMA channel and sends by another; the halves that are left make a second pair.
// run: --wire GPIO4:GPIO2
// expect-text: Received by channel 0 what channel 1 has sent: 64 bytes
#include <ferry/ferry.hpp>

#include <cstddef>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<64>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};

  //! [split]
  auto zero = std::move(dma.channel0);
  auto one = std::move(dma.channel1);
  auto halves = std::move(zero).split();
  auto others = std::move(one).split();
  auto pair = join(std::move(halves.receive), std::move(others.transmit));
  // Each half has its own burst and urgency.
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_dma(std::move(pair).configure({.burst = {true, false}, .priority = {3, 1}},
                                                     std::move(rx_descriptors), std::move(tx_descriptors)));
  //! [split]

  tx.fill(0x42_b);
  auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  if (!outcome || rx[63] != 0x42_b) return 1;
  ferry::print("Received by channel 0 what channel 1 has sent: {} bytes\n", outcome->length);
  // A copy inside the chip needs both halves of one channel: a Copier of these does not compile.
  [[maybe_unused]] auto rest = join(std::move(others.receive), std::move(halves.transmit));
  return 0;
}
