// Behind what has no end comes nothing, and a loop has none to be appended by.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE,
            TxBuffer second FERRY_TAKES_LIVE) {
  // error(Clang): no matching member function for call to 'append'
  // error(GNU): no matching function for call to
  auto longer = std::move(spi).write(ferry::dma::loop(std::move(first)), 100).append(std::move(second));
}
