// run: --wire GPIO4:GPIO2
// GDMA does not keep up with SPI: others are served first, or somebody stops it. That ends the transfer at
// once, with its name, and the next one is as good as any.
#include "check.hpp"
#include "deeds.hpp"
#include "dma_hog.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using dma::Error;

namespace {

constexpr std::uint32_t size = 8000;
Hog hogs[2];

void works(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS) {
  static std::uint32_t round = 0;
  ++round;
  spi.apply_config({.frequency = 40_MHz});
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  rx.fill(0_b);
  const Instant start = time::now();
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome.has_value());
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(time::now() - start < 1700_us);
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), size);
  spi.apply_config({.frequency = 80_MHz});
}

void fails(const dma::Outcome& outcome, Error error, Instant start) {
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
  FERRY_CHECK(time::now() - start < 5_ms);
}

// 80 MHz are ten bytes in a microsecond; the two others leave less than that.
void others_first(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                  dma::TxBuffer& tx FERRY_BORROWS) {
  hogs[0].start(1, chip::DmaPeripheral::uhci0, 5);
  hogs[1].start(2, chip::DmaPeripheral::i2s0, 5);
  Instant start = time::now();
  fails(std::move(spi).read(std::move(rx)).wait_into(spi, rx), Error::rx_overflow, start);
  Hog::stop(1);
  Hog::stop(2);
  works(spi, rx, tx);

  auto write = std::move(spi).write(std::move(tx));
  hogs[0].start(1, chip::DmaPeripheral::uhci0, 5);
  hogs[1].start(2, chip::DmaPeripheral::i2s0, 5);
  start = time::now();
  fails(std::move(write).wait_into(spi, tx), Error::tx_underflow, start);
  Hog::stop(1);
  Hog::stop(2);
  works(spi, rx, tx);
}

void stopped(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  auto read = std::move(spi).read(std::move(rx));
  deed::stop_receiving();
  Instant start = time::now();
  fails(std::move(read).wait_into(spi, rx), Error::engine_stopped, start);
  works(spi, rx, tx);
  auto write = std::move(spi).write(std::move(tx));
  deed::stop_sending();
  start = time::now();
  fails(std::move(write).wait_into(spi, tx), Error::engine_stopped, start);
  works(spi, rx, tx);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  deed::stop_receiving();
  start = time::now();
  fails(std::move(transfer).wait_into(spi, rx, tx), Error::engine_stopped, start);
  works(spi, rx, tx);
  auto half_duplex = std::move(spi).half_duplex_write({.command = {0x02, 8}}, std::move(tx));
  deed::stop_sending();
  start = time::now();
  fails(std::move(half_duplex).wait_into(spi, tx), Error::engine_stopped, start);
  works(spi, rx, tx);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<size>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 80_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  works(spi, rx, tx);
  others_first(spi, rx, tx);
  stopped(spi, rx, tx);
  return check::result();
}
