// A receive buffer takes a receive list.
#include "parts.hpp"

void misuse(RxBuffer rx FERRY_TAKES_LIVE, ferry::dma::TxDescriptors list) {
  // error(Clang): no matching function for call to 'prepare'
  // error(GNU): no matching function for call to
  auto prepared = ferry::dma::prepare(std::move(rx), std::move(list));
}
