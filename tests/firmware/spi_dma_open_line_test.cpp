// Nothing wired to MISO: what comes back is what the pad's resistor says, whatever is sent.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 1_MHz}, gpio::Pull::up)
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  // Write, read, write, read.
  tx.fill(0x00_b);
  for (int round = 0; round < 2; ++round) {
    rx.fill(0_b);
    auto written =
        std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 0}).wait_into(spi, rx, tx);
    FERRY_CHECK(written.has_value() && written->length == 0);
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, std::byte{0}); }), 4u);
    auto read =
        std::move(spi).transfer(std::move(rx), std::move(tx), {.tx_length = 0}).wait_into(spi, rx, tx);
    FERRY_CHECK(read.has_value() && read->length == 4);
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, std::byte{0xFF}); }),
                      4u);
  }
  auto both = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK(both.has_value());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, std::byte{0xFF}); }), 4u);

  gpio::detail::route_input(2, chip::signal::fspiq, gpio::Pull::down);
  tx.fill(0xFF_b);
  both = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK(both.has_value());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, std::byte{0}); }), 4u);
  return check::result();
}
