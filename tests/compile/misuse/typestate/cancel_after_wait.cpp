// There is nothing left to cancel.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  // error: 'cancel_into' on a temporary object while it is in the 'consumed' state
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(transfer).cancel_into(spi, rx, tx)) work();
}
