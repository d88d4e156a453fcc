/// Receives without an end: half a million bits go by while the program looks at them chunk by chunk.
// run: --wire GPIO4:GPIO2
// expect-text: 65536 bytes in [0-9]+ ms, none lost.*Late on purpose: [1-9][0-9]+ bytes lost
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry::literals;

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

  //! [stream]
  auto received = ferry::dma_rx_stream<8192, 8>();  // eight chunks of 1024 bytes
  auto stream = ferry::spi::stream(std::move(spi), std::move(received));
  std::array<std::byte, 1000> bytes;
  std::uint32_t total = 0;
  const ferry::Instant start = ferry::time::now();
  while (total < 65'536 && !stream.error())
    total += stream.pop(std::span{bytes}.first(std::min<std::uint32_t>(1000, 65'536 - total)));
  const auto taken = (ferry::time::now() - start).in_milliseconds();
  auto outcome = std::move(stream).stop_into(spi, received);
  //! [stream]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("{} bytes in {} ms, none lost\n", total, taken);

  // A clock that does not wait for a program that does something else.
  auto steady = ferry::spi::stream(std::move(spi), std::move(received), ferry::spi::WhenFull::lose);
  ferry::delay(40_ms);
  steady.keep_going();
  ferry::print("Late on purpose: {} bytes lost\n", steady.lost());
  return std::move(steady).stop_into(spi, received) ? 0 : 1;
}
