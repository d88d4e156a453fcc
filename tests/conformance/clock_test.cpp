// run: --wire GPIO4:GPIO2
// The bus runs at the frequency that the driver tells, over the whole range and from both sources: measured
// by the time that bytes take.
#include "tests/conformance/spi.hpp"

using namespace conformance;

namespace {

void measure(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS, spi::Frequency frequency) {
  spi.apply_config({.frequency = frequency});
  FERRY_CHECK(spi.frequency() == frequency.actual());
  // The difference of two lengths: what starts and ends a transfer is not part of it.
  Duration taken[2];
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t length = i == 0 ? 8 : 8 + rx.size() / 2;
    const Instant start = time::now();
    const auto outcome =
        std::move(spi)
            .transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = length})
            .wait_into(spi, rx, tx);
    taken[i] = time::now() - start;
    FERRY_CHECK(outcome.has_value());
  }
  const std::uint64_t expected =
      std::uint64_t{rx.size()} / 2 * 8 * 16'000'000 / spi.frequency().value;  // ticks
  const std::uint64_t measured = (taken[1] - taken[0]).in_ticks();
  const std::uint64_t difference = measured > expected ? measured - expected : expected - measured;
  // Within the grain of the polling.
  if (difference > 80 + expected / 200)
    print("{} Hz: {} ticks, not {}\n", spi.frequency().value, measured, expected);
  FERRY_CHECK(difference <= 80 + expected / 200);
}

}  // namespace

int main() {
  using enum spi::ClockSource;
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<1000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {}).with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  // Each source divided by 1024 and by 1, and what lies between.
  constexpr spi::Frequency frequencies[] = {
      {39'062_Hz, xtal}, {100_kHz, xtal}, {800_kHz, xtal}, {1_MHz, xtal},      {2_MHz, xtal},
      {10_MHz, xtal},    {26_MHz, xtal},  {40_MHz, xtal},  {78'125_Hz, pll80}, {100_kHz, pll80},
      {1_MHz, pll80},    {2_MHz, pll80},  {10_MHz, pll80}, {40_MHz, pll80},    {80_MHz, pll80}};
  constexpr std::uint32_t expected[] = {39'062,     100'000,    800'000,    1'000'000,  2'000'000,
                                        10'000'000, 20'000'000, 40'000'000, 78'125,     100'000,
                                        1'000'000,  2'000'000,  10'000'000, 40'000'000, 80'000'000};
  for (std::size_t i = 0; i < std::size(frequencies); ++i) {
    FERRY_CHECK_EQUAL(frequencies[i].actual().value, expected[i]);
    measure(spi, rx, tx, frequencies[i]);
  }
  return check::result();
}
