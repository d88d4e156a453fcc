/// Ends transfers before their time: by a deadline, by a second thought, and one that is let go of.
// run: --wire GPIO4:GPIO2
// expect-text: timed_out after 5 ms, 6.. bytes .*Cancelled: 2.. .*Dropped: .* are back.*Then all 4000 bytes
#include <ferry/ferry.hpp>

#include <optional>

using namespace ferry::literals;

namespace {

void is_late(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
             ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  //! [deadline]
  auto late = std::move(spi).transfer(std::move(rx), std::move(tx));
  auto outcome = std::move(late).wait_into(spi, rx, tx, ferry::Deadline::after(5_ms));
  // Nothing touches the buffers any more, and what has arrived is counted.
  if (!outcome) ferry::print("Late: {} after 5 ms, {} bytes are there\n", outcome.error(), rx.received());
  //! [deadline]
}

void is_cancelled(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
                  ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  //! [cancel]
  auto unwanted = std::move(spi).transfer(std::move(rx), std::move(tx));
  ferry::delay(2_ms);
  auto outcome = std::move(unwanted).cancel_into(spi, rx, tx);
  if (!outcome) ferry::print("Cancelled: {} bytes\n", rx.received());
  //! [cancel]
}

void is_dropped(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS,
                ferry::dma::TxBuffer& tx FERRY_BORROWS) {
  //! [recover]
  // A variable may not be left like that, which Clang says. A member no compiler follows: the transfer is
  // ended when it is destroyed, and its parts are kept until they are fetched.
  std::optional<ferry::spi::Transfer> member;
  member.emplace(std::move(spi).transfer(std::move(rx), std::move(tx)));
  ferry::delay(1_ms);
  member.reset();
  auto outcome = ferry::spi::Transfer::recover_into(spi, rx, tx);
  //! [recover]
  ferry::print("Dropped: {} bytes, all parts are back\n", received(outcome));
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<4000>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  ferry::dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  // 4000 bytes at 1 MHz take 32 ms.
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  tx.fill(0x42_b);
  is_late(spi, rx, tx);
  is_cancelled(spi, rx, tx);
  is_dropped(spi, rx, tx);

  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  if (!outcome || rx[3999] != 0x42_b) return 1;
  ferry::print("Then all {} bytes\n", outcome->length);
  return 0;
}
