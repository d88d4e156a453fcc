// One channel makes one copy at a time.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto more_to = make_rx();
  auto more_from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // error: 'copy_and_wait' on object 'copier' while it is in the 'consumed' state
  static_cast<void>(copier.copy_and_wait(more_to, more_from));
  static_cast<void>(std::move(copy).wait_into(copier, to, from));
}
