// Nor does turning it into a transmit buffer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'turn_around' on a temporary object while it is in the 'consumed' state
  TxBuffer alias = std::move(rx).turn_around();
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  alias[0] = 0_b;
}
