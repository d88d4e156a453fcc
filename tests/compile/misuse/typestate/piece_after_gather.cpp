// A buffer that became a piece of a frame is the frame's.
#include "parts.hpp"

void misuse() {
  auto head = make_tx();
  auto body = make_tx();
  auto frame = ferry::dma::gather(std::move(head), std::move(body));
  // error: 'operator[]' on object 'head' while it is in the 'consumed' state
  head[0] = 1_b;
  std::move(frame).release_into(head, body);
  head[0] = 1_b;
}
