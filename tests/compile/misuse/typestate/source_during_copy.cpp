// What is being copied may not change meanwhile.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // error: 'operator[]' on object 'from' while it is in the 'consumed' state
  from[0] = std::byte{1};
  static_cast<void>(std::move(copy).wait_into(copier, to, from));
}
