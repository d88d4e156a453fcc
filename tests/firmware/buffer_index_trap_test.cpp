// expect-exit: 71
// expect-text: inside.*fatal: index beyond the end of a DMA buffer
// No index outside a buffer is let through.
#include "ferry/ferry.hpp"

int main() {
  auto buffers = ferry::dma_buffers<5>();
  ferry::dma::RxBuffer rx{std::move(buffers.rx_memory)};
  rx[4] = std::byte{1};
  ferry::print("inside\n");
  rx[5] = std::byte{1};  // fatal here
  return 1;
}
