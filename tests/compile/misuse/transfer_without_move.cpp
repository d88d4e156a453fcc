// What is used up is moved, visibly.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): no matching member function for call to 'transfer'
  // error(GNU): passing 'ferry::spi::MasterDma' as 'this' argument discards qualifiers
  auto transfer = spi.transfer(std::move(rx), std::move(tx));
}
