// A cast moves as std::move does.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(static_cast<RxBuffer&&>(rx), std::move(tx));
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  rx[0] = 0_b;
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
