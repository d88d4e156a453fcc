// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6 --wire GPIO5:GPIO7
// A long transfer ends when it is told to, no clock comes after that, and the next one runs at full speed.
#include "tests/conformance/edge_counter.hpp"
#include "tests/conformance/spi.hpp"

using namespace conformance;

namespace {

constexpr std::uint32_t size = 32'000;

void full_speed(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  spi.apply_config({.frequency = 10_MHz});
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  rx.fill(untouched);
  const Instant start = time::now();
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  const Duration taken = time::now() - start;
  FERRY_CHECK(outcome && outcome->length == size);
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), size);
  FERRY_CHECK(taken >= 25'600_us && taken < 26_ms);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input clock{std::move(chip.gpio6)};
  const gpio::Input select{std::move(chip.gpio7)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<size>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 80_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  std::uint32_t round = 0;
  // 32,000 bytes at 80 kHz take 3.2 s.
  for (const Duration span : {0_us, 130_us, 20_ms}) {
    for (const bool by_deadline : {false, true}) {
      spi.apply_config({.frequency = 80_kHz});
      rx.fill(untouched);
      {
        EdgeCounter counter{{6, 7, 2, 2}};
        counter.take();
        auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
        const Instant start = time::now();
        if (by_deadline) {
          const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(span));
          FERRY_CHECK(!outcome && outcome.error() == dma::Error::timed_out);
        } else {
          delay(span);
          const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
          FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
        }
        FERRY_CHECK(time::now() - start < span + 1_ms);
        // Whole bytes, one chip select, and then silence.
        const auto during = counter.take();
        FERRY_CHECK_EQUAL(during[0] % 8, 0u);
        FERRY_CHECK(during[0] / 8 >= rx.received());
        FERRY_CHECK(select.is_high());
        delay(2_ms);
        const auto after = counter.take();
        FERRY_CHECK(after[0] == 0 && after[1] == 0);
      }
      full_speed(spi, rx, tx, ++round);
    }
  }

  // What is over is not cancelled, and that twice.
  for (int i = 0; i < 2; ++i) {
    tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, 77); });
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    while (!transfer.is_done()) {
    }
    const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
    FERRY_CHECK(outcome && outcome->length == size);
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return matching(bytes, 77); }), size);
  }
  return check::result();
}
