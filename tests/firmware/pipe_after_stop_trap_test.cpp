// expect-exit: 71
// expect-text: stopped.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A pipe that was stopped, in a member, where no compiler follows it.
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>

using namespace ferry;

namespace {
struct Device {
  dma::Pipe pipe;
};
std::array<std::byte, 100> bytes;
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.sha)};
  auto to = dma_rx_stream<4096, 4>();
  auto from = dma_tx_stream<4096, 4>();
  Device device{std::move(copier).pipe(std::move(to), std::move(from))};
  if (!std::move(device.pipe).stop_into(copier, to, from)) return 1;
  print("stopped\n");
  return static_cast<int>(device.pipe.peek(bytes));
}
