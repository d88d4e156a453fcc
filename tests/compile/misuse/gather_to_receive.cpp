// What is sent together is made of what can be sent.
#include "parts.hpp"

void misuse(RxBuffer rx FERRY_TAKES_LIVE) {
  // error(Clang): no matching function for call to 'gather'
  // error(GNU): no matching function for call to
  auto frame = ferry::dma::gather(std::move(rx));
}
