// expect-exit: 71
// expect-text: given.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// Several buffers as one that were moved away, out of a member, where no compiler follows it.
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>

using namespace ferry;

namespace {
constexpr std::array<std::byte, 4> greeting{};
struct Device {
  dma::Gather<dma::TxBuffer, dma::ConstSource> frame;
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
  Device device{dma::gather(dma::TxBuffer{std::move(tx_memory)}, dma::ConstSource::of<greeting>())};
  auto elsewhere = take_out(device.frame);
  print("{} bytes given\n", elsewhere.size());
  return copier.copy_and_wait(rx, device.frame) ? 1 : 2;
}
