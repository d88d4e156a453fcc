/// A prepared transfer: checked, linked and latched once, started a thousand times.
// run: --wire GPIO4:GPIO2
// expect-text: 1000 transfers, all of them right
#include <ferry/ferry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<16>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  //! [start-again]
  auto sample = ferry::spi::prepare(std::move(spi), std::move(rx), std::move(tx));
  std::uint32_t right = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto value = static_cast<std::byte>(i);
    sample.with<1>([&](std::span<std::byte> bytes) { std::ranges::fill(bytes, value); });
    auto running = std::move(sample).start();
    const auto outcome = std::move(running).wait_into(sample);
    const auto last = sample.with<0>([](std::span<std::byte> bytes) { return bytes.back(); });
    if (outcome && last == value) ++right;
  }
  std::move(sample).release_into(spi, rx, tx);
  //! [start-again]

  ferry::print("1000 transfers, {}\n", right == 1000 ? "all of them right" : "not all of them right");
  return right == 1000 ? 0 : 1;
}
