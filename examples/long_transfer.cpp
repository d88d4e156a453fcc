/// Sends and receives 100,000 bytes as one DMA transfer, three times what SPI can do at once.
// run: --wire GPIO4:GPIO2
// expect-text: 100000 bytes in [0-9]+ us, equal, while the CPU counted to [0-9]+
#include <ferry/ferry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

bool equal(ferry::dma::TxBuffer& tx FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  return tx.with([&](std::span<const std::byte> sent) {
    return rx.with_received([&](std::span<const std::byte> got) { return std::ranges::equal(sent, got); });
  });
}

void fill(ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  tx.with([](std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7 + (i >> 8));
  });
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<100'000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 40_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  fill(tx);

  const ferry::Instant start = ferry::time::now();
  //! [long]
  // CS stays active until the end. Between two pieces the clock rests until somebody asks: the more often,
  // the shorter.
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  std::uint32_t count = 0;
  while (!transfer.is_done()) ++count;
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  //! [long]
  const std::uint64_t taken = (ferry::time::now() - start).in_microseconds();
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("{} bytes in {} us, {}, while the CPU counted to {}\n", outcome->length, taken,
               equal(tx, rx) ? "equal" : "different", count);
  return 0;
}
