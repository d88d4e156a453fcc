// A frame is gone while it is sent, and so are its pieces.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto head = make_tx();
  auto body = make_tx();
  auto frame = ferry::dma::gather(std::move(head), std::move(body));
  auto copy = std::move(copier).copy(std::move(to), std::move(frame));
  // error: 'release_into' on a temporary object while it is in the 'consumed' state
  std::move(frame).release_into(head, body);
  static_cast<void>(std::move(copy).wait_into(copier, to, frame));
}
