// Whoever borrows a trigger takes the peripheral from the chip, so that no driver can be made of it.
#include "parts.hpp"

void misuse(ferry::Peripherals& chip, ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  // error(Clang): call to implicitly-deleted copy constructor of
  // error(GNU): use of deleted function
  ferry::dma::Copier copier{std::move(channel), chip.spi2};
  static_cast<void>(std::move(copier).release());
}
