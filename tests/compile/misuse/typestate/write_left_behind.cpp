// A write and a read are ended on every path, as every transfer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  while (!write.is_done()) work();
  // error: '~TransferOf' on object 'write' while it is in the 'unconsumed' state
}

void read_left_by_return() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  // error: '~TransferOf' on object 'read' while it is in the 'unconsumed' state
  if (condition()) return;
  if (!std::move(read).wait_into(spi, rx)) work();
}
