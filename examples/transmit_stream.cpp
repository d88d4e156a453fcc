/// Sends without an end: samples are made while those before them are on the wire, all under one chip select.
// expect-text: 80000 bytes in 1[0-9][0-9] ms, pauses for want of samples: [0-9]+
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

// A triangle of 16 bits, the upper byte first.
void make_samples(std::span<std::byte> bytes, std::uint32_t from) {
  for (std::uint32_t i = 0; i < bytes.size() / 2; ++i) {
    const std::uint32_t phase = (from + i) % 512;
    const std::uint32_t value = (phase < 256 ? phase : 511 - phase) * 257;
    bytes[2 * i] = static_cast<std::byte>(value >> 8);
    bytes[2 * i + 1] = static_cast<std::byte>(value);
  }
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 5_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  //! [transmit]
  auto samples = ferry::dma_tx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(samples));
  const ferry::Instant start = ferry::time::now();
  std::array<std::byte, 500> bytes;
  for (std::uint32_t made = 0; made < 40'000 && !stream.error();) {
    make_samples(bytes, made);
    // What finds no place is offered again: until then SPI is at work.
    for (std::span<const std::byte> left{bytes}; !left.empty() && !stream.error();)
      left = left.subspan(stream.push(left));
    made += bytes.size() / 2;
  }
  const bool all_sent = stream.drain(ferry::Deadline::after(20_ms));
  //! [transmit]
  const auto taken = (ferry::time::now() - start).in_milliseconds();
  ferry::print("{} bytes in {} ms, pauses for want of samples: {}\n", stream.sent(), taken, stream.pauses());
  return std::move(stream).stop_into(spi, samples) && all_sent ? 0 : 1;
}
