// A running transfer goes out of scope.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  use(transfer.is_done());
  // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
}
