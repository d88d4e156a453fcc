// What is used up is moved, visibly.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): call to implicitly-deleted copy constructor of
  // error(GNU): use of deleted function
  auto transfer = std::move(spi).transfer(rx, std::move(tx));
}
