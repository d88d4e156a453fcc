// Behind the branch the buffer may be inside a transfer.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  if (condition()) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    use(transfer.is_done());
    // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
  }
  // error: 'operator[]' on object 'rx' while it is in the 'unknown' state
  rx[0] = 0_b;
}
