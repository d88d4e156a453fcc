// run: --wire GPIO4:GPIO2
// unwatched: it turns clocks off and stops channels
// Deadline::never() in a wait for what cannot come any more: it ends, with what is behind it.
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;
using deed::in_words;

namespace {

struct Buffers {
  dma::RxBuffer rx;
  dma::TxBuffer tx;
};

void master(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers, const deed::Deed& deed) {
  auto transfer = std::move(spi).transfer(take_out(buffers.rx), take_out(buffers.tx));
  deed();
  const auto outcome = std::move(transfer).wait_into(spi, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK_EQUAL(in_words(outcome), in_words(deed.error));
  const auto good = std::move(spi)
                        .transfer(take_out(buffers.rx), take_out(buffers.tx))
                        .wait_into(spi, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK(good && good->length == 4000);
}

// The channel belongs to the copier here.
void copy(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto stopped = std::move(copier).copy(take_out(buffers.rx), take_out(buffers.tx));
  deed::stop_gdma();
  const auto outcome = std::move(stopped).wait_into(copier, buffers.rx, buffers.tx, Deadline::never());
  FERRY_CHECK_EQUAL(in_words(outcome), in_words(deed::stop_gdma.error));
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
  master(spi, buffers, deed::stop_spi);
  master(spi, buffers, deed::stop_bus_clock);
  master(spi, buffers, deed::stop_gdma);
  master(spi, buffers, deed::stop_receiving);
  master(spi, buffers, deed::reset_spi);
  dma::ConfiguredChannel configured;
  static_cast<void>(std::move(spi).without_dma(configured));
  dma::Copier copier{std::move(configured), std::move(chip.uhci0)};
  copy(copier, buffers);
  return check::result();
}
