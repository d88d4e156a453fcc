// The driver is inside of what was prepared.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto prepared = ferry::spi::prepare_write(std::move(spi), make_tx());
  // error: 'frequency' on object 'spi' while it is in the 'consumed' state
  use(static_cast<int>(spi.frequency().value));
}
