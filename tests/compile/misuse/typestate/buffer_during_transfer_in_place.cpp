// One buffer is in both directions, and gone until it comes back.
#include "parts.hpp"

void misuse(ferry::dma::InPlaceMemory memory) {
  auto spi = make_spi();
  ferry::dma::InPlaceBuffer both{std::move(memory)};
  auto transfer = std::move(spi).transfer_in_place(std::move(both));
  // error: 'operator[]' on object 'both' while it is in the 'consumed' state
  both[0] = 1_b;
  if (!std::move(transfer).wait_into(spi, both)) work();
  // error: 'wait_into' on a temporary object while it is in the 'consumed' state
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(transfer).wait_into(spi, both)) work();
}
