// run: --wire GPIO4:GPIO2
// expect-exit: 71
// expect-text: started.*fatal: a DMA transfer was dropped
// unwatched: the fatal error ends the program while the transfer runs
// A running transfer that goes out of scope as a member, which no compiler follows.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <optional>

using namespace ferry;
using namespace ferry::literals;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 100_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  {
    std::optional<spi::Transfer> transfer;
    transfer.emplace(std::move(spi).transfer(std::move(rx), std::move(tx)));
    print("started\n");
  }
  return 1;
}
