/// The book, DMA 3: a transfer that takes too long, another that has brought enough, and a third.
// run: --wire GPIO4:GPIO2
// expect-text: timed_out, 6[0-9][0-9] bytes arrived.*Enough: [0-9]* bytes arrived.*All 4000 bytes arrived
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

namespace {

// 4000 bytes at 1 MHz take 32 ms. Whoever calls this gets everything back at `deadline`, whatever happens.
//! [deadline]
bool fetch(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
           ferry::dma::TxBuffer& tx FERRY_BORROWS, ferry::Deadline deadline) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, deadline);
  if (outcome) return true;
  ferry::print("{}, {} bytes arrived\n", outcome.error(), rx.received());
  return false;
}
//! [deadline]

//! [cancel]
// Has enough after 8 ms, and does not wait for the rest.
bool fetch_some(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
                ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  const auto enough = ferry::Deadline::after(8_ms);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!transfer.is_done() && !enough.has_passed()) {
  }
  const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
  return !outcome && outcome.error() == ferry::dma::Error::cancelled && rx.received() >= 900;
}
//! [cancel]

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<4000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  tx.fill(0x42_b);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  if (fetch(spi, rx, tx, ferry::Deadline::after(5_ms))) return 1;
  if (!fetch_some(spi, rx, tx)) return 1;
  ferry::print("Enough: {} bytes arrived before it was cancelled\n", rx.received());
  //! [again]
  if (!fetch(spi, rx, tx, ferry::Deadline::after(40_ms))) return 1;
  ferry::print("All {} bytes arrived\n", rx.received());
  //! [again]
  return rx[3999] == 0x42_b ? 0 : 1;
}
