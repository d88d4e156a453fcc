// Nor is what is being written to be read.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // error: 'operator[]' on object 'to' while it is in the 'consumed' state
  use(std::to_integer<int>(to[0]));
  static_cast<void>(std::move(copy).wait_into(copier, to, from));
}
