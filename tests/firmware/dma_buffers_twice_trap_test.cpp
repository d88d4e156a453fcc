// expect-exit: 71
// expect-text: first.*fatal: this DMA memory has an owner already
// The same place gives out its memory once.
#include "ferry/ferry.hpp"

int main() {
  // Two places, two pieces of memory, even of the same size.
  auto one = ferry::dma_buffers<64>();
  auto two = ferry::dma_buffers<64>();
  ferry::dma::RxBuffer a{std::move(one.rx_memory)};
  ferry::dma::RxBuffer b{std::move(two.rx_memory)};
  a.fill(std::byte{1});
  b.fill(std::byte{2});
  if (a[63] != std::byte{1} || b[0] != std::byte{2}) return 1;

  for (int i = 0; i < 2; ++i) {
    auto buffers = ferry::dma_buffers<64>();
    ferry::print("{}\n", i == 0 ? "first" : "second");
    ferry::dma::RxBuffer c{std::move(buffers.rx_memory)};
    c.fill(std::byte{3});
  }
  return 2;
}
