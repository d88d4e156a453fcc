// expect-exit: 71
// expect-text: first.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A descriptor list serves one channel.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<64>();
  auto first = std::move(dma.channel0);
  auto second = std::move(dma.channel1);
  [[maybe_unused]] auto configured =
      std::move(first).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  ferry::print("first\n");
  [[maybe_unused]] auto other =
      std::move(second).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  ferry::print("second\n");
  return 1;
}
