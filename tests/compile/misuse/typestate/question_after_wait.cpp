// An ended transfer cannot be asked.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  // error: 'is_done' on object 'transfer' while it is in the 'consumed' state
  use(transfer.is_done());
}
