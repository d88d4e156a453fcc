/// Reads from a device while the same four bytes are sent over and over, as many times as it takes.
// run: --wire GPIO4:GPIO2
// expect-text: 1000 bytes came, and 0f f0 aa 55 was sent 250 times
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

using namespace ferry::literals;

namespace {

constexpr std::array<std::byte, 4> pattern{0x0F_b, 0xF0_b, 0xAA_b, 0x55_b};

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<1000, 1>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio0))
          .with_mosi(std::move(chip.gpio4))
          .with_miso(std::move(chip.gpio2))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  //! [loop]
  // Four bytes, one descriptor that follows itself: sent for as long as something is received.
  auto dummy = ferry::dma::loop(ferry::dma::ConstSource::of<pattern>());
  auto outcome = std::move(spi).transfer(std::move(rx), std::move(dummy)).wait_into(spi, rx, dummy);
  //! [loop]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  std::size_t times = 0;
  rx.with_received([&](std::span<const std::byte> bytes) {
    while (times < bytes.size() / 4 && std::ranges::equal(bytes.subspan(times * 4, 4), pattern)) ++times;
  });
  ferry::print("{} bytes came, and 0f f0 aa 55 was sent {} times\n", outcome->length, times);
  return times == 250 ? 0 : 1;
}
