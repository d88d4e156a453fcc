// expect-exit: 71
// expect-text: stopped.*fatal: a buffer, channel, driver or transfer was used after it had been moved away
// A stream that was stopped, in a member, where no compiler follows it: its driver is at something else by
// now.
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstddef>

using namespace ferry;
using namespace ferry::literals;

namespace {
struct Device {
  spi::Reception stream;
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
  auto received = dma_rx_stream<4096, 4>();
  Device device{spi::stream(std::move(spi), std::move(received))};
  if (!std::move(device.stream).stop_into(spi, received)) return 1;
  print("stopped\n");
  return static_cast<int>(device.stream.pop(bytes));
}
