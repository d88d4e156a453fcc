// Queues that send, that receive and that do both: left behind, used after their end, and what they own used
// while they run.
#include "parts.hpp"

void sending_left_behind() {
  auto queue = ferry::spi::queue(make_spi(), make_tx(), make_tx());
  use(queue.can_exchange());
  // error: '~QueueOf' on object 'queue' while it is in the 'unconsumed' state
}
void both_ways_left_behind() {
  auto queue = ferry::spi::queue(make_spi(), make_rx(), make_tx(), make_rx(), make_tx());
  queue.keep_going();
  // error: '~QueueOf' on object 'queue' while it is in the 'unconsumed' state
}
void in_place_left_behind() {
  auto queue = ferry::spi::queue(make_spi(), make_in_place(), make_in_place());
  queue.listen();
  // error: '~QueueOf' on object 'queue' while it is in the 'unconsumed' state
}
void used_after_its_end() {
  auto spi = make_spi();
  auto first = make_rx();
  auto second = make_rx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  if (!std::move(queue).wait_into(spi, first, second)) work();
  // error: 'is_done' on object 'queue' while it is in the 'consumed' state
  use(queue.is_done());
}
void in_flight() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  if (!queue.exchange(first)) work();
  // error: 'fill' on object 'second' while it is in the 'consumed' state
  second.fill(0_b);
  // error: 'hold_cs' on object 'spi' while it is in the 'consumed' state
  spi.hold_cs();
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(queue).cancel_into(spi, first, second)) work();
}
