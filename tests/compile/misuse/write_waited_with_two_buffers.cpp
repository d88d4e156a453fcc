// What comes back is what was given: a write has no receive buffer.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): no matching member function for call to 'wait_into'
  // error(GNU): no matching function for call to
  auto outcome = std::move(spi).write(std::move(tx)).wait_into(spi, rx, tx);
}
