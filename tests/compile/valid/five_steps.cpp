// The exercise in its five steps, in the form in which the compiler follows driver and buffers.
#include "ferry/ferry.hpp"

#include <utility>

using namespace ferry::literals;

void count();

int main() {
  auto chip = ferry::take();

  // 1. The DMA driver and a channel of it.
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);

  // 2. Buffers and descriptors in static memory.
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<32000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};

  // 3. SPI with the configured channel.
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));

  tx.fill(0x42_b);
  for (;;) {
    // 4. The transfer takes all three.
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    while (!transfer.is_done()) count();
    // 5. And gives them back.
    auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    if (!outcome) return 1;
    if (rx[0] != 0x42_b) return 2;
  }
}
