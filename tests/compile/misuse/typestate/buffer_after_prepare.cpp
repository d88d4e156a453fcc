// A buffer that was prepared is inside the prepared one.
#include "parts.hpp"

void misuse(ferry::dma::RxDescriptors list) {
  auto rx = make_rx();
  auto prepared = ferry::dma::prepare(std::move(rx), std::move(list));
  // error: 'fill' on object 'rx' while it is in the 'consumed' state
  rx.fill(0_b);
  use(static_cast<int>(prepared.received()));
}
