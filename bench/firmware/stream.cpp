// Takes what comes in at 10 MHz out of a stream of 64 chunks of 32 bytes, and adds it up: each chunk is a
// descriptor that goes back to GDMA by RESTART.
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

using namespace ferry::literals;

namespace {

constexpr std::uint32_t bytes = 400'000;

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  auto received = ferry::dma_rx_stream<2048, 64>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(received));
  std::array<std::byte, 32> chunk;
  std::uint32_t total = 0;
  volatile std::uint32_t sum = 0;
  while (total < bytes && !stream.error()) {
    const std::uint32_t length = stream.pop(chunk);
    std::uint32_t of_chunk = 0;
    for (const std::byte byte : std::span(chunk).first(length))
      of_chunk += std::to_integer<std::uint32_t>(byte);
    sum = sum + of_chunk;
    total += length;
  }
  return std::move(stream).stop_into(spi, received) ? 0 : 1;
}
