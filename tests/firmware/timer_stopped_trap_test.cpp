// expect-exit: 71
// expect-text: fatal: the system timer does not count: its unit 0 was switched off
// unwatched: it turns a clock off under a transfer
// A wait for a transfer that never ends, whose bound a timer that stands still would never reach.
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4096>();
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 10_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  mmio::modify(chip::system::base, chip::system::PeripClkEn0::spi2_clk_en(0));
  mmio::modify(chip::systimer::base, chip::systimer::Conf::timer_unit0_work_en(0));
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  return outcome ? 1 : 2;
}
