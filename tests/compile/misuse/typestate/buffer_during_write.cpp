// A write has the driver and the transmit buffer, and nothing else.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  rx[0] = 1_b;
  // error: 'operator[]' on object 'tx' while it is in the 'consumed' state
  tx[0] = 1_b;
  // error: 'frequency' on object 'spi' while it is in the 'consumed' state
  use(static_cast<int>(spi.frequency().value));
  if (!std::move(write).wait_into(spi, tx)) work();
  tx[0] = rx[0];
}
