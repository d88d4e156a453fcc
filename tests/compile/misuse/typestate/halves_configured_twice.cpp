// Two halves that were joined are set up once.
#include "parts.hpp"

void keep(ferry::dma::ConfiguredHalves a FERRY_TAKES_LIVE, ferry::dma::ConfiguredHalves b FERRY_TAKES_LIVE);

void misuse(ferry::dma::Halves one, ferry::dma::Halves two, ferry::dma::DescriptorLists lists) {
  auto pair = join(std::move(one.receive), std::move(two.transmit));
  auto first = std::move(pair).configure({}, std::move(lists.rx), std::move(lists.tx));
  // error: 'configure' on a temporary object while it is in the 'consumed' state
  auto second = std::move(pair).configure({}, std::move(lists.rx), std::move(lists.tx));
  keep(std::move(first), std::move(second));
}
