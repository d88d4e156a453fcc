// run: --wire GPIO4:GPIO2
// expect-exit: 71
// expect-text: started.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// unwatched: the fatal error ends the program while the transfer runs
// The driver used during a transfer, in a member, where no compiler follows it.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Device {
  spi::MasterDma spi;
};
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  Device device{
      loopback::make_master(chip, {.frequency = 100_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)))};
  auto transfer = std::move(device.spi).transfer(std::move(rx), std::move(tx));
  print("started\n");
  device.spi.apply_config({.frequency = 1_MHz});
  const auto outcome = std::move(transfer).wait_into(device.spi, rx, tx);
  return outcome ? 1 : 2;
}
