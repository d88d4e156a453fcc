// run: --wire GPIO4:GPIO2
// Full-duplex transfers by DMA: every size around a boundary, four rounds each, with and without burst, with
// the same driver and buffers throughout.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t sizes[] = {1, 2, 3, 4, 5, 48, 63, 64, 65, 4092, 4095, 4096, 8190, 32'000, 32'736};

void run(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS,
         bool burst) {
  for (const std::uint32_t size : sizes) {
    for (std::uint32_t round = 0; round < 4; ++round) {
      tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(size), round + size); });
      // A burst may complete the last word.
      const std::uint32_t written = burst ? (size + 3) / 4 * 4 : size;
      rx.with([&](std::span<std::byte> bytes) {
        bytes.first(size < 100 ? size : 100)[0] = ~bytes[0];
        if (written < bytes.size()) bytes[written] = untouched;
      });

      auto transfer =
          std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = size, .tx_length = size});
      std::uint32_t polls = 0;
      while (!transfer.is_done()) ++polls;
      const auto outcome = std::move(transfer).wait_into(spi, rx, tx);

      FERRY_CHECK(outcome.has_value());
      if (!outcome) {
        print("size {} round {}: {}\n", size, round, outcome.error());
        continue;
      }
      FERRY_CHECK_EQUAL(outcome->length, size);
      FERRY_CHECK(size < 48 || polls > 0);
      const std::uint32_t good =
          rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(size), round + size); });
      FERRY_CHECK_EQUAL(good, size);
      if (written < rx.size()) FERRY_CHECK(rx[written] == untouched);
    }
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<32'736>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  FERRY_CHECK_EQUAL(rx.size(), 32'736u);
  FERRY_CHECK_EQUAL(rx_descriptors.count(), 8u);

  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 20_MHz})
                 .with_dma(std::move(channel).configure(
                     {.burst = false, .priority = 0}, std::move(rx_descriptors), std::move(tx_descriptors)));
  run(spi, rx, tx, false);

  // The same parts taken apart and put together with burst on.
  dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(master).with_dma(std::move(released).configure(
      {.burst = true, .priority = 5}, std::move(rx_descriptors), std::move(tx_descriptors)));
  run(spi, rx, tx, true);

  // Another channel with buffers of one byte; whole buffers by default.
  auto [small_rx_memory, small_rx_descriptors, small_tx_memory, small_tx_descriptors] = dma_buffers<1>();
  dma::RxBuffer small_rx{std::move(small_rx_memory)};
  dma::TxBuffer small_tx{std::move(small_tx_memory)};
  auto other = std::move(dma.channel2);
  spi = std::move(spi)
            .without_dma(configured)
            .with_dma(std::move(other).configure({.burst = true}, std::move(small_rx_descriptors),
                                                 std::move(small_tx_descriptors)));
  for (std::uint32_t round = 0; round < 4; ++round) {
    small_tx[0] = pattern(0, round + 1);
    auto outcome =
        std::move(spi).transfer(std::move(small_rx), std::move(small_tx)).wait_into(spi, small_rx, small_tx);
    FERRY_CHECK(outcome.has_value() && outcome->length == 1);
    FERRY_CHECK(small_rx[0] == pattern(0, round + 1));
  }

  // What was received is sent next, and a blocking operation in between disturbs nothing.
  small_tx[0] = 0x5A_b;
  auto outcome =
      std::move(spi).transfer(std::move(small_rx), std::move(small_tx)).wait_into(spi, small_rx, small_tx);
  FERRY_CHECK(outcome.has_value());
  auto turned = std::move(small_rx).turn_around();
  small_rx = std::move(small_tx).turn_around();
  small_rx[0] = 0_b;
  std::array<std::byte, 70> bytes;
  fill_pattern(bytes, 9);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  FERRY_CHECK_EQUAL(matching(bytes, 9), 70u);
  outcome = std::move(spi).transfer(std::move(small_rx), std::move(turned)).wait_into(spi, small_rx, turned);
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK(small_rx[0] == 0x5A_b);
  return check::result();
}
