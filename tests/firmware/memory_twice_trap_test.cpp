// expect-exit: 71
// expect-text: first.*fatal: this DMA memory has an owner already
// A program's own array becomes DMA memory once, in whichever direction.
#include "ferry/ferry.hpp"

#include <array>

std::array<std::byte, 64> bytes;

int main() {
  ferry::dma::RxBuffer rx{ferry::dma::RxMemory::of<bytes>()};
  rx.fill(std::byte{1});
  ferry::print("first\n");
  ferry::dma::TxBuffer tx{ferry::dma::TxMemory::of<bytes>()};  // fatal here
  return tx[0] == std::byte{1} ? 1 : 2;
}
