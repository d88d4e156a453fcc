// A copy borrows the trigger of a peripheral that has one.
#include "parts.hpp"

void misuse(ferry::Peripherals& chip, ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  // error(Clang): no matching constructor for initialization of 'ferry::dma::Copier'
  // error(GNU): no matching function for call to 'ferry::dma::Copier::Copier
  ferry::dma::Copier copier{std::move(channel), std::move(chip.uart0)};
  static_cast<void>(std::move(copier).release());
}
