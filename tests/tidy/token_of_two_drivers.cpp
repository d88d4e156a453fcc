// A peripheral whose trigger copies use, and a driver of it: members of a struct, which no compiler follows.
// At run time the second move ends the program (tests/firmware/token_twice_trap_test.cpp).
#include "ferry/ferry.hpp"

#include <utility>

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto configured = std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx));
  const ferry::dma::Copier copier{std::move(configured), std::move(chip.spi2)};
  const ferry::spi::Master spi{std::move(chip.spi2), {}};  // finds: clang-analyzer-cplusplus.Move
  return spi.frequency().value == 0 ? 1 : 0;
}
