// A slave has one transfer at a time.
#include "parts.hpp"

void misuse() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'apply_config' on object 'spi' while it is in the 'consumed' state
  spi.apply_config({});
  static_cast<void>(std::move(transfer).wait_into(spi, rx, tx));
}
