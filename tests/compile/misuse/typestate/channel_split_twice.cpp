// A channel has its halves once.
#include "parts.hpp"

void keep(ferry::dma::Halves a, ferry::dma::Halves b);

void misuse(ferry::dma::Dma& dma) {
  auto channel = std::move(dma.channel0);
  auto one = std::move(channel).split();
  // error: 'split' on a temporary object while it is in the 'consumed' state
  auto two = std::move(channel).split();
  keep(std::move(one), std::move(two));
}
