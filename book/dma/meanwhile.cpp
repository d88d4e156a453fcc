/// The book, DMA 2: the same 2000 bytes by DMA, while the CPU counts.
// run: --wire GPIO4:GPIO2
// expect-text: DMA carried 2000 bytes in 16[0-9][0-9][0-9] us, and the CPU counted to [1-9][0-9][0-9][0-9]
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  //! [memory]
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<2000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  //! [memory]

  //! [channel]
  const ferry::dma::ChannelConfig settings{.burst = true, .priority = 0};
  auto configured =
      std::move(channel).configure(settings, std::move(rx_descriptors), std::move(tx_descriptors));
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(configured));
  //! [channel]

  //! [fill]
  tx.with([](std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  });
  //! [fill]

  const ferry::Instant start = ferry::time::now();
  //! [transfer]
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  std::uint32_t count = 0;
  while (!transfer.is_done()) ++count;
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  //! [transfer]
  const auto taken = (ferry::time::now() - start).in_microseconds();
  //! [outcome]
  if (!outcome) {
    ferry::print("failed: {}\n", ferry::dma::explain(outcome.error().reason));
    return 1;
  }
  ferry::print("DMA carried {} bytes in {} us, and the CPU counted to {}\n", outcome->length, taken, count);
  return rx[1999] == tx[1999] ? 0 : 1;
  //! [outcome]
}
