// expect-exit: 71
// expect-text: started.*fatal: a DMA copy was dropped
// unwatched: the fatal error ends the program while the copy runs
// A running copy that goes out of scope as a member, which no compiler follows.
#include "ferry/ferry.hpp"

#include <optional>

using namespace ferry;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.sha)};
  {
    std::optional<dma::Copy> copy;
    copy.emplace(std::move(copier).copy(std::move(to), std::move(from)));
    print("started\n");
  }
  return 1;
}
