// What went into a queue is in flight, in the loop and behind it.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto spare = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  while (condition()) {
    // error: 'fill' on object 'second' while it is in the 'consumed' state
    second.fill(1_b);
    if (!queue.exchange(spare)) work();
    spare.fill(2_b);
  }
  // error: 'operator[]' on object 'first' while it is in the 'consumed' state
  spare[0] = first[0];
  if (!std::move(queue).wait_into(spi, first, second)) work();
}
