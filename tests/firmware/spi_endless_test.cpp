// More bytes than 32 bits hold nanoseconds for: a source without an end, sent for half a megabyte and more.
// The time that a wait without a deadline allows grows with it.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<1000>();
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 20_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  auto loop = dma::loop(std::move(tx));
  for (const std::uint32_t length : std::to_array<std::uint32_t>({536'000, 537'000, 600'000})) {
    const auto outcome = std::move(spi).write(std::move(loop), length).wait_into(spi, loop);
    FERRY_CHECK(outcome.has_value());
  }
  return check::result();
}
