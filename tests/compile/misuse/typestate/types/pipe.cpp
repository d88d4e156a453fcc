// A pipe: left behind, used after its end, and what it owns used while it runs.
#include "parts.hpp"

void left_behind() {
  auto pipe = make_copier().pipe(ferry::dma_rx_stream<4096, 4>(), ferry::dma_tx_stream<4096, 4>());
  pipe.flush();
  // error: '~Pipe' on object 'pipe' while it is in the 'unconsumed' state
}
void used_after_its_end(Copier copier FERRY_TAKES_LIVE) {
  auto to = ferry::dma_rx_stream<4096, 4>();
  auto from = ferry::dma_tx_stream<4096, 4>();
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  if (!std::move(pipe).stop_into(copier, to, from)) work();
  // error: 'available' on object 'pipe' while it is in the 'consumed' state
  use(static_cast<int>(pipe.available()));
}
void in_flight(Copier copier FERRY_TAKES_LIVE) {
  auto to = ferry::dma_rx_stream<4096, 4>();
  auto from = ferry::dma_tx_stream<4096, 4>();
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  // error: 'clear' on object 'to' while it is in the 'consumed' state
  to.clear();
  // error: 'push' on object 'from' while it is in the 'consumed' state
  use(static_cast<int>(from.push({})));
  // error: 'release' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto channel = std::move(copier).release();
  if (!std::move(pipe).stop_into(copier, to, from)) work();
}
