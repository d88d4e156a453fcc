// run: --wire GPIO4:GPIO2
// expect-exit: 71
// expect-text: fatal: a buffer, channel, driver or list would have been overwritten and lost
// The end of a transfer is given a buffer that is still in use, in a member, where no compiler follows it.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Device {
  dma::RxBuffer rx;
};
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  auto other = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  Device device{dma::RxBuffer{std::move(other.rx_memory)}};
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 1_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  return std::move(transfer).wait_into(spi, device.rx, tx) ? 1 : 2;
}
