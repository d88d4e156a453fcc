// The buffer is being written by GDMA.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  rx[0] = 0x42_b;
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
