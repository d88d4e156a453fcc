// One path leaves without waiting.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
  if (condition()) return;
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
