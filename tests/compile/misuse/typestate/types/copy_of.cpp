// A copy: left behind, also with other kinds of buffers, ended twice, and what it owns used while it runs.
#include "parts.hpp"

void left_behind() {
  auto copy = make_copier().copy(ferry::dma::scatter(make_rx(), make_rx()), make_tx());
  use(copy.is_done());
  // error: '~CopyOf' on object 'copy' while it is in the 'unconsumed' state
}
void ended_twice() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  if (!std::move(copy).wait_into(copier, to, from)) work();
  // error: 'cancel_into' on a temporary object while it is in the 'consumed' state
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(copy).cancel_into(copier, to, from)) work();
}
void in_flight() {
  auto copier = make_copier();
  auto to = ferry::dma::scatter(make_rx(), make_rx());
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // error: 'size' on object 'to' while it is in the 'consumed' state
  use(static_cast<int>(to.size()));
  // error: 'fill' on object 'from' while it is in the 'consumed' state
  from.fill(0_b);
  // error: 'release' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto channel = std::move(copier).release();
  if (!std::move(copy).wait_into(copier, to, from)) work();
}
