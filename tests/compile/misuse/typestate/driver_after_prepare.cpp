// The driver is inside of what was prepared.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto prepared = ferry::spi::prepare_write(std::move(spi), std::move(tx));
  // error: 'frequency' on object 'spi' while it is in the 'consumed' state
  use(static_cast<int>(spi.frequency().value));
  auto started = std::move(prepared).start();
  use(std::move(started).wait_into(prepared).has_value());
  // error: '~PreparedOf' on object 'prepared' while it is in the 'unconsumed' state
}
