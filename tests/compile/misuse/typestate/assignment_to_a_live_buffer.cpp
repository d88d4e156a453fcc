// The buffer on the left would be lost.
#include "parts.hpp"

void misuse() {
  auto rx = make_rx();
  auto other = make_rx();
  // error: 'operator=' on object 'rx' while it is in the 'unconsumed' state
  rx = std::move(other);
}
