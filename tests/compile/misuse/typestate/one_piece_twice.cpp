// A buffer can be one piece of a frame, not two.
#include "parts.hpp"

void misuse() {
  auto a = make_rx();
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  auto parts = ferry::dma::scatter(std::move(a), std::move(a));
  use(static_cast<int>(parts.size()));
}
