// expect-exit: 71
// expect-text: first.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A channel can be taken once.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  [[maybe_unused]] auto first = std::move(dma.channel1);
  ferry::print("first\n");
  [[maybe_unused]] auto second = std::move(dma.channel1);  // fatal here
  ferry::print("second\n");
  return 1;
}
