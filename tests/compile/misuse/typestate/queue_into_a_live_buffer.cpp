// All parts come back, each into a variable that holds none.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto spare = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  if (!queue.exchange(spare)) work();
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(queue).wait_into(spi, first, spare)) work();
}
