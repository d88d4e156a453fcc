// expect-exit: 71
// expect-text: given.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A buffer that holds nothing, in a member, where no compiler follows it: no channel is given that.
#include "ferry/ferry.hpp"

using namespace ferry;

namespace {
struct Device {
  dma::TxBuffer tx;
};
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.sha)};
  dma::RxBuffer rx{std::move(rx_memory)};
  Device device{};
  print("{} bytes given\n", rx.size());
  return copier.copy_and_wait(rx, device.tx) ? 1 : 2;
}
