// Full duplex of unequal lengths has no end to go on from: a stream does that.
#include "parts.hpp"

void misuse(Transfer transfer FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE) {
  // error(Clang): no matching member function for call to 'append'
  // error(GNU): no matching function for call to
  auto longer = std::move(transfer).append(std::move(tx));
}
