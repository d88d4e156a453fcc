// What is used up is moved, visibly.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): no matching member function for call to 'transfer'
  // error(GNU): no matching function for call to
  auto transfer = std::move(spi).transfer(rx, std::move(tx));
}
