// What goes in has to be there.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  TxBuffer none;
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  if (!queue.exchange(none)) work();
  if (!std::move(queue).wait_into(spi, first, second)) work();
}
