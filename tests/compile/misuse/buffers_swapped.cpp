// Receive and transmit buffers are different types.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx, TxBuffer& tx) {
  // error(Clang): no matching member function for call to 'transfer'
  // error(GNU): no matching function for call to 'ferry::spi::MasterDma::transfer
  auto transfer = std::move(spi).transfer(std::move(tx), std::move(rx));
}
