// A slave's transfers are ended on every path.
#include "parts.hpp"

void both() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!transfer.is_done()) work();
  // error: '~SlaveTransferOf' on object 'transfer' while it is in the 'unconsumed' state
}

void reading() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  if (condition()) static_cast<void>(read.is_done());
  // error: '~SlaveTransferOf' on object 'read' while it is in the 'unconsumed' state
}

void writing() {
  auto spi = make_slave();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  work();
  // error: '~SlaveTransferOf' on object 'write' while it is in the 'unconsumed' state
}
