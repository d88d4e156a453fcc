/// Sends and receives without an end at the same time: what is pushed goes out, what comes back is popped.
// run: --wire GPIO4:GPIO2
// expect-text: 50000 bytes went out and came back, [1-9][0-9]* of them in order, pauses: [0-9]+
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

constexpr std::uint32_t total = 50'000;

constexpr std::byte content(std::uint32_t index) { return static_cast<std::byte>(index * 7 + (index >> 8)); }

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto lists = ferry::dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 5_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  //! [both]
  auto incoming = ferry::dma_rx_stream<4096, 4>();
  auto outgoing = ferry::dma_tx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(incoming), std::move(outgoing));
  std::uint32_t pushed = 0, popped = 0, right = 0;
  while (popped < total && !stream.error()) {
    // Neither end is waited for: each takes what it can at the moment, where it lies in memory.
    pushed += stream.push_with([&](std::span<std::byte> places) {
      const std::uint32_t length = std::min<std::uint32_t>(places.size(), total - pushed);
      for (std::uint32_t i = 0; i < length; ++i) places[i] = content(pushed + i);
      return length;
    });
    if (pushed == total) stream.flush();  // the last chunk is not full
    popped += stream.pop_with([&](std::span<const std::byte> bytes) {
      for (std::uint32_t i = 0; i < bytes.size(); ++i) right += bytes[i] == content(popped + i) ? 1 : 0;
      return bytes.size();
    });
  }
  const std::uint32_t pauses = stream.pauses();
  const auto outcome = std::move(stream).stop_into(spi, incoming, outgoing);
  //! [both]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("{} bytes went out and came back, {} of them in order, pauses: {}\n", outcome->length, right,
               pauses);
  return right == total ? 0 : 1;
}
