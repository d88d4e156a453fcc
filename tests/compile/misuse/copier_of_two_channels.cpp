// Memory to memory needs both halves of one channel.
#include "parts.hpp"

void misuse(ferry::Peripherals& chip, ferry::dma::ConfiguredHalves halves FERRY_TAKES_LIVE) {
  // error(Clang): no matching constructor for initialization of 'Copier'
  // error(GNU): no matching function for call to
  Copier copier{std::move(halves), std::move(chip.uhci0)};
  static_cast<void>(copier);
}
