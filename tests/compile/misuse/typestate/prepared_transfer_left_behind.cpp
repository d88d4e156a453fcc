// A prepared transfer that was started goes out of scope.
#include "parts.hpp"

void misuse() {
  auto prepared = ferry::spi::prepare(make_spi(), make_rx(), make_tx());
  auto started = std::move(prepared).start();
  use(started.is_done());
  // error: '~StartedOf' on object 'started' while it is in the 'unconsumed' state
}
