// The loop is left in the middle of a transfer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  for (;;) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
    if (condition()) break;
    if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  }
}
