// A pin that drives the bus is taken from the chip.
#include "parts.hpp"

void misuse(ferry::Peripherals& chip, ferry::spi::Master& spi) {
  // error(Clang): call to implicitly-deleted copy constructor of
  // error(GNU): use of deleted function
  auto routed = std::move(spi).with_sck(chip.gpio0);
}
