// run: --wire GPIO4:GPIO2
// expect-exit: 71
// expect-text: sent.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A source that holds nothing, in a member, where no compiler follows it, behind phases: it does not repeat a
// full-duplex transfer, which has nothing behind phases either.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Device {
  dma::ConstSource constant;
};
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  auto channel = std::move(dma.channel0);
  dma::TxBuffer tx{std::move(tx_memory)};
  auto spi =
      loopback::make_master(chip, {.frequency = 20_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  auto outcome = std::move(spi).write(std::move(tx), 8).wait_into(spi, tx);
  print("{} bytes sent\n", dma::received(outcome));
  Device device{};
  auto again = std::move(spi).half_duplex_write({}, std::move(device.constant), 8);
  return std::move(again).wait_into(spi, device.constant) ? 1 : 2;
}
