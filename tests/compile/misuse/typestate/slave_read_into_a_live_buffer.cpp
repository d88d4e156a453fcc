// What comes back goes into a variable that holds nothing.
#include "parts.hpp"

void misuse() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto other = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  static_cast<void>(std::move(read).wait_into(spi, other));
}
