// A queue that has ended takes nothing in any more.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto spare = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  if (!std::move(queue).wait_into(spi, first, second)) work();
  // error: 'exchange' on object 'queue' while it is in the 'consumed' state
  if (!queue.exchange(spare)) work();
}
