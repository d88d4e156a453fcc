// run: --wire GPIO4:GPIO2
// unwatched: it turns clocks off and stops channels
// A loop that asks is_done() and nothing else ends, whatever somebody does to SPI2 or GDMA; the wait behind
// it tells what that was.
#include "check.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "polled.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using namespace polled;

namespace {

void buffers(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS, const deed::Deed& deed) {
  {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    spoil(transfer, 300_us, deed);
    is_told(std::move(transfer).wait_into(spi, rx, tx), deed);
  }
  {
    auto transfer = std::move(spi).write(std::move(tx));
    spoil(transfer, 300_us, deed);
    is_told(std::move(transfer).wait_into(spi, tx, Deadline::after(1_s)), deed);
  }
  {
    auto transfer = std::move(spi).read(std::move(rx));
    spoil(transfer, 300_us, deed);
    is_told(std::move(transfer).cancel_into(spi, rx), deed);
  }
}

// For which GDMA is not needed.
void phases_alone(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS,
                  const deed::Deed& deed) {
  auto transfer =
      std::move(spi).half_duplex_write({.command = {0, 16}, .dummy_cycles = 256}, std::move(tx), 0);
  spoil(transfer, 10_us, deed);
  is_told(std::move(transfer).wait_into(spi, tx), deed);
}

void other_forms(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS, const deed::Deed& deed) {
  {
    auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx));
    auto started = std::move(prepared).start();
    spoil(started, 300_us, deed);
    is_told(std::move(started).wait_into(prepared), deed);
    std::move(prepared).release_into(spi, rx, tx);
  }
  {
    auto endless = dma::loop(std::move(tx));
    auto transfer = std::move(spi).write(std::move(endless), 0x1000'0000);
    spoil(transfer, 300_us, deed);
    is_told(std::move(transfer).wait_into(spi, endless), deed);
    tx = std::move(endless).release();
  }
}

void master(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
            dma::TxBuffer& tx FERRY_BORROWS, const deed::Deed& deed) {
  buffers(spi, rx, tx, deed);
  other_forms(spi, rx, tx, deed);
  FERRY_CHECK(std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value());
}

// What comes back in the meantime does not bring the transfer back.
void once_lost(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(tx));
  delay(300_us);
  deed::stop_spi();
  ends(write);
  mmio::modify(chip::system::base, chip::system::PeripClkEn0::spi2_clk_en(1));
  for (int i = 0; i < 3; ++i) FERRY_CHECK(write.is_done());
  is_told(std::move(write).wait_into(spi, tx), deed::stop_spi);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_list, tx_memory, tx_list] = dma_buffers<4000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 10_MHz})
                 .with_dma(std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)));
  for (const deed::Deed& each : deed::to_spi) {
    phases_alone(spi, tx, each);
    master(spi, rx, tx, each);
  }
  phases_alone(spi, tx, deed::stop_bus_clock);
  master(spi, rx, tx, deed::stop_bus_clock);
  for (const deed::Deed& each : deed::to_gdma) master(spi, rx, tx, each);
  once_lost(spi, tx);
  return check::result();
}
