// expect-exit: 71
// expect-text: started.*fatal: a slave's transfer was dropped
// unwatched: the fatal error ends the program while the transfer runs
// A slave's transfer that goes out of scope as a member, which no compiler follows.
#include "ferry/ferry.hpp"

#include <optional>

using namespace ferry;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = spi::Slave{std::move(chip.spi2), {}}.with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  {
    std::optional<spi::SlaveRead> read;
    read.emplace(std::move(spi).read(std::move(rx)));
    print("started\n");
  }
  return 1;
}
