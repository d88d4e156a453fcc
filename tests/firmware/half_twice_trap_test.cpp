// expect-exit: 71
// expect-text: first.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A half of a channel goes into one pair.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto halves = std::move(dma.channel0).split();
  auto others = std::move(dma.channel1).split();
  [[maybe_unused]] auto pair = join(std::move(halves.receive), std::move(others.transmit));
  ferry::print("first\n");
  [[maybe_unused]] auto second = join(std::move(halves.receive), std::move(halves.transmit));  // fatal here
  ferry::print("second\n");
  return 1;
}
