// Nothing is wired: MISO is held high by its own resistor. Writing does not change what reading gives.
#include "tests/conformance/spi.hpp"

using namespace conformance;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 100_kHz}, gpio::Pull::up)
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  tx.fill(0x5A_b);
  for (int i = 0; i < 2; ++i) {
    FERRY_CHECK(std::move(spi).write(std::move(tx)).wait_into(spi, tx).has_value());
    rx.fill(0_b);
    FERRY_CHECK(std::move(spi).read(std::move(rx)).wait_into(spi, rx).has_value());
    FERRY_CHECK(rx.with([](std::span<std::byte> bytes) { return all(bytes, 0xFF_b); }));
  }
  // By the CPU over several of SPI's buffers, and in full duplex.
  std::byte bytes[145] = {};
  FERRY_CHECK(spi.half_duplex_read({}, bytes).has_value());
  FERRY_CHECK(all(bytes, 0xFF_b));
  FERRY_CHECK(std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx).has_value());
  FERRY_CHECK(rx.with([](std::span<std::byte> in) { return all(in, 0xFF_b); }));
  return check::result();
}
