// run: --wire GPIO4:GPIO2
// Transfers in which less is received than sent, or less sent than received, or nothing of either.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

struct Case {
  std::uint32_t rx_length;
  std::uint32_t tx_length;
};

constexpr Case cases[] = {{2, 4},         {4, 2},         {1, 4096},   {4096, 1},   {4095, 4096},
                          {4096, 4095},   {64, 8000},     {8000, 64},  {100, 101},  {101, 100},
                          {8192, 16'384}, {16'384, 8192}, {0, 4},      {0, 16'384}, {4, 0},
                          {16'384, 0},    {1, 16'384},    {16'384, 1}, {0, 0},      {5, 5}};

void run(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS,
         bool burst) {
  std::uint32_t round = 0;
  for (const Case& test : cases) {
    for (int repetition = 0; repetition < 2; ++repetition) {
      ++round;
      rx.fill(untouched);
      tx.fill(untouched);
      tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(test.tx_length), round); });

      const auto outcome = std::move(spi)
                               .transfer(std::move(rx), std::move(tx),
                                         {.rx_length = test.rx_length, .tx_length = test.tx_length})
                               .wait_into(spi, rx, tx);
      FERRY_CHECK(outcome.has_value());
      if (!outcome) {
        print("rx {} tx {}: {}\n", test.rx_length, test.tx_length, outcome.error());
        continue;
      }
      const std::uint32_t common = test.rx_length < test.tx_length ? test.rx_length : test.tx_length;
      FERRY_CHECK_EQUAL(outcome->length, test.rx_length);
      const std::uint32_t good =
          rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(common), round); });
      FERRY_CHECK_EQUAL(good, common);
      // Zeros were sent behind the end of what there was to send.
      const std::uint32_t zeros = rx.with([&](std::span<std::byte> bytes) {
        return leading(bytes.subspan(common, test.rx_length - common), std::byte{0});
      });
      FERRY_CHECK_EQUAL(zeros, test.rx_length - common);
      // And nothing was written behind the end of what there was to receive.
      const std::uint32_t end = burst ? (test.rx_length + 3) / 4 * 4 : test.rx_length;
      const std::uint32_t rest =
          rx.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(end), untouched); });
      FERRY_CHECK_EQUAL(rest, rx.size() - end);
    }
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<16'384>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel1);
  auto spi = make_master(chip, {.frequency = 20_MHz})
                 .with_dma(std::move(channel).configure({.burst = false}, std::move(rx_descriptors),
                                                        std::move(tx_descriptors)));
  run(spi, rx, tx, false);

  dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(master).with_dma(
      std::move(released).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)));
  run(spi, rx, tx, true);

  // A blocking read after a transfer whose surplus was dropped gets its own bytes only.
  std::byte bytes[8];
  FERRY_CHECK(spi.read(bytes).has_value());
  FERRY_CHECK_EQUAL(leading(bytes, 0_b), 8u);
  return check::result();
}
