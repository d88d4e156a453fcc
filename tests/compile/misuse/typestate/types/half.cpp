// A half of a channel goes into one pair. (Out of a member straight into a pair it is not followed; the
// program then ends at the second use, tests/firmware/half_twice_trap_test.cpp.)
#include "parts.hpp"

void joined(ferry::dma::Halves& one, ferry::dma::Halves& other) {
  auto receive = ferry::take_out(one.receive);
  auto transmit = ferry::take_out(other.transmit);
  [[maybe_unused]] auto pair = join(std::move(receive), std::move(transmit));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  [[maybe_unused]] auto again = join(std::move(receive), ferry::take_out(one.transmit));
}
void united(ferry::dma::Halves& one, ferry::dma::Halves& other) {
  auto transmit = ferry::take_out(one.transmit);
  [[maybe_unused]] auto channel = unite(ferry::take_out(one.receive), std::move(transmit));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  [[maybe_unused]] auto pair = join(ferry::take_out(other.receive), std::move(transmit));
}
