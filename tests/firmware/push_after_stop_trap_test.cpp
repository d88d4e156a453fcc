// expect-exit: 71
// expect-text: stopped.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A stream that sends and was stopped, in a member, where no compiler follows it.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstddef>

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Device {
  spi::Transmission stream;
};
std::array<std::byte, 100> bytes;
}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi =
      loopback::make_master(chip, {.frequency = 1_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  auto sent = dma_tx_stream<4096, 4>();
  Device device{spi::stream(std::move(spi), std::move(sent))};
  if (!std::move(device.stream).stop_into(spi, sent)) return 1;
  print("stopped\n");
  return static_cast<int>(device.stream.push(bytes));
}
