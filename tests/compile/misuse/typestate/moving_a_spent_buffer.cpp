// A new name does not bring the bytes back.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  RxBuffer alias = std::move(rx);
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
  // error: 'operator[]' on object 'alias' while it is in the 'consumed' state
  alias[0] = 0_b;
}
