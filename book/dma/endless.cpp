/// The book, DMA 5: 100,000 bytes come in through 4096 bytes of memory, and a slow program loses none.
// run: --wire GPIO4:GPIO2
// expect-text: 100000 bytes came in through 4096, none was lost.*With a clock that does not wait [1-9][0-9]* are lost
#include <ferry/ferry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;

namespace {

// What has to be done with a chunk; 2 ms, which is more than the bus takes to bring the next ones.
void handle(std::span<const std::byte> bytes) {
  static_cast<void>(bytes);
  ferry::delay(2_ms);
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto lists = ferry::dma_descriptors<1>();
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_miso(std::move(chip.gpio2))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));

  //! [stream]
  auto received = ferry::dma_rx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(received));
  std::uint32_t total = 0;
  while (total < 100'000 && !stream.error()) {
    total += stream.pop_with([&](std::span<const std::byte> bytes) {
      const auto wanted = bytes.first(std::min<std::size_t>(bytes.size(), 100'000 - total));
      handle(wanted);
      return wanted.size();
    });
  }
  const auto outcome = std::move(stream).stop_into(spi, received);
  //! [stream]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("{} bytes came in through {}, none was lost\n", total, received.capacity());

  //! [lose]
  auto steady = ferry::spi::stream(std::move(spi), std::move(received), ferry::spi::WhenFull::lose);
  //! [lose]
  for (int i = 0; i < 20; ++i) {
    steady.pop_with([](std::span<const std::byte> bytes) {
      handle(bytes);
      return bytes.size();
    });
  }
  ferry::print("With a clock that does not wait {} are lost\n", steady.lost());
  return std::move(steady).stop_into(spi, received) ? 0 : 1;
}
