// run: --wire GPIO4:GPIO2
// unwatched: it turns clocks off and stops channels
// Deadline::never() in a wait for what cannot come any more: it ends, with what is behind it.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;

namespace {

namespace system = chip::system;

struct Buffers {
  dma::RxBuffer rx;
  dma::TxBuffer tx;
};

void stop_spi() { mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); }
void stop_bus_clock() { mmio::write(chip::spi2::base, chip::spi2::ClkGate::clk_en(1)); }
void stop_gdma() { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); }
void stop_receiving() { mmio::modify(chip::dma::base, chip::dma::InLink::inlink_stop(1)); }
void reset_spi() {
  mmio::modify(system::base, system::PeripRstEn0::spi2_rst(1));
  mmio::modify(system::base, system::PeripRstEn0::spi2_rst(0));
}

template <class Deed>
void master(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers, dma::Error error, Deed deed) {
  auto transfer = std::move(spi).transfer(take_out(buffers.rx), take_out(buffers.tx));
  deed();
  const auto outcome = std::move(transfer).wait_into(spi, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK(!outcome);
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
  const auto good = std::move(spi)
                        .transfer(take_out(buffers.rx), take_out(buffers.tx))
                        .wait_into(spi, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK(good && good->length == 4000);
}

// The channel belongs to the copier here.
void copy(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto stopped = std::move(copier).copy(take_out(buffers.rx), take_out(buffers.tx));
  stop_gdma();
  const auto outcome = std::move(stopped).wait_into(copier, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK(!outcome);
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), dma::Error::clock_off);
  const auto good = std::move(copier)
                        .copy(take_out(buffers.rx), take_out(buffers.tx))
                        .wait_into(copier, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK(good && good->length == 4000);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4000>();
  Buffers buffers{.rx = dma::RxBuffer{std::move(rx_memory)}, .tx = dma::TxBuffer{std::move(tx_memory)}};
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 1_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  master(spi, buffers, dma::Error::clock_off, stop_spi);
  master(spi, buffers, dma::Error::clock_off, stop_bus_clock);
  master(spi, buffers, dma::Error::clock_off, stop_gdma);
  master(spi, buffers, dma::Error::engine_stopped, stop_receiving);
  master(spi, buffers, dma::Error::in_reset, reset_spi);
  dma::ConfiguredChannel configured;
  static_cast<void>(std::move(spi).without_dma(configured));
  dma::Copier copier{std::move(configured), std::move(chip.uhci0)};
  copy(copier, buffers);
  return check::result();
}
