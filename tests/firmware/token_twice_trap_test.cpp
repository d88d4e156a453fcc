// expect-exit: 71
// expect-text: fatal: Spi2 was moved away before: it has another owner
// A peripheral whose trigger copies already has no driver as well.
#include "ferry/ferry.hpp"

#include <utility>

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  const ferry::dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                                  std::move(chip.spi2)};
  const ferry::spi::Master spi{std::move(chip.spi2), {}};  // fatal here
  return 1;
}
