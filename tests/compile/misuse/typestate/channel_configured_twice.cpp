// The channel went into the configured one.
#include "parts.hpp"

void keep(ferry::dma::ConfiguredChannel a FERRY_TAKES_LIVE, ferry::dma::ConfiguredChannel b FERRY_TAKES_LIVE);

void misuse(ferry::dma::Dma& dma, ferry::dma::RxDescriptors rx, ferry::dma::TxDescriptors tx) {
  auto channel = std::move(dma.channel0);
  auto first = std::move(channel).configure({}, std::move(rx), std::move(tx));
  // error: 'configure' on a temporary object while it is in the 'consumed' state
  auto second = std::move(channel).configure({}, std::move(rx), std::move(tx));
  keep(std::move(first), std::move(second));
}
