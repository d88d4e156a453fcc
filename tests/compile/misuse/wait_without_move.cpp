// What is used up is moved, visibly.
#include "parts.hpp"

void misuse(Transfer& transfer, MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): no matching member function for call to 'wait_into'
  // error(GNU): passing 'ferry::spi::Transfer'
  auto outcome = transfer.wait_into(spi, rx, tx);
}
