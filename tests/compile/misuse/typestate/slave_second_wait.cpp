// A slave's transfer ends once, and is not asked afterwards.
#include "parts.hpp"

void asked() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  static_cast<void>(std::move(read).wait_into(spi, rx));
  // error: 'is_done' on object 'read' while it is in the 'consumed' state
  static_cast<void>(read.is_done());
}

void ended_again(SlaveDma& other FERRY_REFILLS, TxBuffer& other_tx FERRY_REFILLS) {
  auto spi = make_slave();
  auto tx = make_tx();
  auto write = std::move(spi).write(std::move(tx));
  static_cast<void>(std::move(write).cancel_into(spi, tx));
  // error: 'wait_into' on a temporary object while it is in the 'consumed' state
  static_cast<void>(std::move(write).wait_into(other, other_tx));
}
