// A buffer that became one of another kind is gone.
#include "parts.hpp"

void misuse() {
  auto rx = make_rx();
  auto both = std::move(rx).as_in_place();
  both.fill(0_b);
  // error: 'received' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.received()));
}
