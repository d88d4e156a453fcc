// run: --wire GPIO4:GPIO2
// expect-exit: 71
// expect-text: first.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A transfer waited for twice, in a member, where no compiler follows it.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Running {
  spi::Transfer transfer;
};
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 1_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  Running running{std::move(spi).transfer(std::move(rx), std::move(tx))};
  if (!std::move(running.transfer).wait_into(spi, rx, tx)) return 1;
  print("first\n");
  spi::MasterDma other_spi;
  dma::RxBuffer other_rx;
  dma::TxBuffer other_tx;
  return std::move(running.transfer).wait_into(other_spi, other_rx, other_tx) ? 1 : 2;
}
