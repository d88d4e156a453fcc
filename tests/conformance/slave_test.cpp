// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// A slave in mode 1, 32 bytes both ways by DMA; its master is four pins of the same chip.
#include "tests/conformance/spi.hpp"
#include "tests/firmware/bit_bang_master.hpp"

#include <array>

using namespace conformance;

int main() {
  constexpr std::uint32_t size = 32;
  auto chip = take();
  auto master = bit_bang::make_master(chip);
  master.set_mode(spi::Mode::_1);
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<size>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      bit_bang::make_slave(chip, {.mode = spi::Mode::_1})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  std::array<std::byte, size> out{};
  std::array<std::byte, size> in{};
  for (std::uint32_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::byte>(i % 255);
    tx[i] = static_cast<std::byte>(254 - i % 255);
  }
  rx.fill(untouched);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  master.exchange(in, out);
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(10_ms));
  FERRY_CHECK(outcome && outcome->length == size && outcome->received == size && outcome->sent == size);
  FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) { return std::ranges::equal(bytes, out); }));
  FERRY_CHECK(tx.with([&](std::span<std::byte> bytes) { return std::ranges::equal(bytes, in); }));
  return check::result();
}
