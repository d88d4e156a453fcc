// What was stopped is over.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = ferry::dma_rx_stream<4096, 4>();
  auto from = ferry::dma_tx_stream<3072, 3>();
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  static_cast<void>(std::move(pipe).stop_into(copier, to, from));
  // error: 'flush' on object 'pipe' while it is in the 'consumed' state
  pipe.flush();
}
