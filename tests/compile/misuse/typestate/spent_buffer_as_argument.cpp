// A function is given a buffer that a transfer has.
#include "parts.hpp"

void show(const RxBuffer& buffer FERRY_BORROWS);

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  show(rx);
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
