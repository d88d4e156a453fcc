// A half of a channel goes into one pair.
#include "parts.hpp"

void misuse(ferry::dma::Dma& dma) {
  auto halves = std::move(dma.channel0).split();
  auto receive = ferry::take_out(halves.receive);
  auto transmit = ferry::take_out(halves.transmit);
  auto channel = unite(std::move(receive), std::move(transmit));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  auto again = unite(std::move(receive), std::move(transmit));
  static_cast<void>(std::move(channel).split());
  static_cast<void>(std::move(again).split());
}
