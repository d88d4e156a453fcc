// The second round would start with what the first still has.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  // error: state of variable 'rx' must match at the entry and exit of loop
  // error: state of variable 'spi' must match at the entry and exit of loop
  // error: state of variable 'tx' must match at the entry and exit of loop
  for (int i = 0; i < 2; ++i) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    use(transfer.is_done());
    // error: '~TransferOf' on object 'transfer' while it is in the 'unconsumed' state
  }
}
