// Polling does not make the buffer safe.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  while (!transfer.is_done()) use(static_cast<int>(rx[0]));
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
