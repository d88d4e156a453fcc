// Half-duplex transfers own what they use, too.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto read = std::move(spi).half_duplex_read({.command = {0x9F, 8}}, std::move(rx));
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  use(std::to_integer<int>(rx[0]));
  if (!std::move(read).wait_into(spi, rx)) work();
  auto tx = make_tx();
  auto write = std::move(spi).half_duplex_write({.command = {0x02, 8}}, std::move(tx));
  // error: 'fill' on object 'tx' while it is in the 'consumed' state
  tx.fill(0_b);
  if (!std::move(write).cancel_into(spi, tx)) work();
}
