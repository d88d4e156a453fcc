// A slave's buffers belong to its transfer, however long the master takes.
#include "parts.hpp"

void misuse() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!transfer.is_done()) work();
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  use(std::to_integer<int>(rx[0]));
  // error: 'fill' on object 'tx' while it is in the 'consumed' state
  tx.fill(0_b);
  static_cast<void>(std::move(transfer).wait_into(spi, rx, tx));
}
