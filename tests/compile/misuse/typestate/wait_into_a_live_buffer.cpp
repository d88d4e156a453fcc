// The live buffer would be overwritten and its memory lost.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto other = make_rx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(transfer).wait_into(spi, other, tx)) work();
}
