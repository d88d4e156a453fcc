// run: --wire GPIO4:GPIO2
// Two other channels copy memory without a pause. SPI's channel then gets its first byte late and stores its
// last one late: a driver that does not wait for the one or the other sends or returns wrong bytes.
#include "check.hpp"
#include "chip/esp32c3/signals.hpp"
#include "dma_hog.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

Hog hogs[2];

void run(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
         dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t round = 0;
  for (const spi::Frequency frequency : {spi::Frequency{10_MHz}, spi::Frequency{20_MHz}}) {
    spi.apply_config({.frequency = frequency});
    const std::uint32_t sizes[] = {1, 2, 3, 4, 5, 64, 130};
    for (const std::uint32_t size : sizes) {
      for (std::uint32_t repetition = 0; repetition < 8; ++repetition) {
        ++round;
        tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(size), round); });
        rx.with([&](std::span<std::byte> bytes) { bytes[size - 1] = ~pattern(size - 1, round); });
        auto transfer =
            std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = size, .tx_length = size});
        // The end falls into another place of the polling loop each time.
        for (std::uint32_t i = 0; i < repetition * 3; ++i) asm volatile("nop");
        const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
        FERRY_CHECK(outcome.has_value() && outcome->length == size);
        if (!outcome) print("size {}: {}\n", size, outcome.error());
        FERRY_CHECK_EQUAL(
            rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(size), round); }), size);
      }
    }
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<256>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 1_MHz})
                 .with_dma(std::move(channel).configure({.priority = 0}, std::move(rx_descriptors),
                                                        std::move(tx_descriptors)));
  hogs[0].start(1, chip::DmaPeripheral::uhci0);
  hogs[1].start(2, chip::DmaPeripheral::i2s0);
  FERRY_CHECK(Hog::runs(1));
  FERRY_CHECK(Hog::runs(2));
  run(spi, rx, tx);

  // Ahead of the others.
  dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(master).with_dma(std::move(released).configure(
      {.burst = true, .priority = 5}, std::move(rx_descriptors), std::move(tx_descriptors)));
  run(spi, rx, tx);
  FERRY_CHECK(Hog::runs(1));
  FERRY_CHECK(Hog::runs(2));
  Hog::stop(1);
  Hog::stop(2);
  return check::result();
}
