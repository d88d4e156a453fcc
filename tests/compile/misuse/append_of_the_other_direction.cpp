// A write goes on with something to send.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE, RxBuffer rx FERRY_TAKES_LIVE) {
  // error(Clang): no matching member function for call to 'append'
  // error(GNU): no matching function for call to
  auto longer = std::move(spi).write(std::move(tx)).append(std::move(rx));
}
