// The driver is inside the transfer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'frequency' on object 'spi' while it is in the 'consumed' state
  use(static_cast<int>(spi.frequency().value));
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
