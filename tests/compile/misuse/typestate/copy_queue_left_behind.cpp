// A queue of copies is ended on every path, and its buffers are gone until then.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to1 = make_rx();
  auto from1 = make_tx();
  auto to2 = make_rx();
  auto from2 = make_tx();
  auto to = make_rx();
  auto from = make_tx();
  auto queue = std::move(copier).queue(std::move(to1), std::move(from1), std::move(to2), std::move(from2));
  if (!queue.exchange(to, from)) work();
  // error: 'operator[]' on object 'to1' while it is in the 'consumed' state
  to[0] = to1[0];
  // error: '~CopyQueueOf' on object 'queue' while it is in the 'unconsumed' state
}
