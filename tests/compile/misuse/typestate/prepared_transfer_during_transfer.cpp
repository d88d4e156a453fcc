// A prepared transfer is used while it runs.
#include "parts.hpp"

void misuse() {
  auto prepared = ferry::spi::prepare(make_spi(), make_rx(), make_tx());
  auto started = std::move(prepared).start();
  // error: 'received' on object 'prepared' while it is in the 'consumed' state
  use(static_cast<int>(prepared.received<0>()));
  auto outcome = std::move(started).wait_into(prepared);
  use(outcome.has_value());
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
