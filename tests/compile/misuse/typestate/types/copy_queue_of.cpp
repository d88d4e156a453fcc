// A queue of copies: left behind, used after its end, and what it owns used while it runs.
#include "parts.hpp"

void left_behind() {
  auto queue = make_copier().queue(make_rx(), make_tx(), make_rx(), make_tx());
  use(queue.is_done());
  // error: '~CopyQueueOf' on object 'queue' while it is in the 'unconsumed' state
}
void used_after_its_end() {
  auto copier = make_copier();
  auto to1 = make_rx();
  auto from1 = make_tx();
  auto to2 = make_rx();
  auto from2 = make_tx();
  auto queue = std::move(copier).queue(std::move(to1), std::move(from1), std::move(to2), std::move(from2));
  if (!std::move(queue).wait_into(copier, to1, from1, to2, from2)) work();
  // error: 'is_done' on object 'queue' while it is in the 'consumed' state
  use(queue.is_done());
}
void in_flight() {
  auto copier = make_copier();
  auto to1 = make_rx();
  auto from1 = make_tx();
  auto to2 = make_rx();
  auto from2 = make_tx();
  auto queue = std::move(copier).queue(std::move(to1), std::move(from1), std::move(to2), std::move(from2));
  // error: 'fill' on object 'from2' while it is in the 'consumed' state
  from2.fill(0_b);
  // error: 'received' on object 'to1' while it is in the 'consumed' state
  use(static_cast<int>(to1.received()));
  // error: 'release' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto channel = std::move(copier).release();
  if (!std::move(queue).cancel_into(copier, to1, from1, to2, from2)) work();
}
