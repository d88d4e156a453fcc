// expect-exit: 71
// expect-text: split.*fatal: halves of two DMA channels are not one channel
// Halves of two channels are not put together to one.
#include "ferry/ferry.hpp"

using namespace ferry;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto zero = std::move(dma.channel0);
  auto one = std::move(dma.channel1);
  auto halves = std::move(zero).split();
  auto others = std::move(one).split();
  print("split\n");
  [[maybe_unused]] auto channel = unite(std::move(halves.receive), std::move(others.transmit));  // fatal here
  return 1;
}
