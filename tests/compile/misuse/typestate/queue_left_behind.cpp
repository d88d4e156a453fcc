// A queue is ended on every path, as any transfer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_rx();
  auto second = make_rx();
  auto spare = make_rx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  while (condition()) {
    if (!queue.exchange(spare)) work();
  }
  // error: '~QueueOf' on object 'queue' while it is in the 'unconsumed' state
}
