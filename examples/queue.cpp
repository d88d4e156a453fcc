/// Frame after frame in a loop: while one is on the wire, and one behind it, the program fills the third.
// expect-text: 100 frames, 100000 bytes, of which the CPU waited for [0-9]+ frames
#include <ferry/ferry.hpp>

#include <cstddef>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto one = ferry::dma_buffers<4, 1000>();
  auto two = ferry::dma_buffers<4, 1000>();
  auto three = ferry::dma_buffers<4, 1000>();
  auto lists = ferry::dma_descriptors<1, 3>();  // to send: one more than there are in the queue
  auto channel = std::move(dma.channel0);
  auto spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
                 .with_sck(std::move(chip.gpio0))
                 .with_mosi(std::move(chip.gpio4))
                 .with_cs(std::move(chip.gpio5))
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  ferry::dma::TxBuffer first{std::move(one.tx_memory)};
  ferry::dma::TxBuffer second{std::move(two.tx_memory)};
  ferry::dma::TxBuffer spare{std::move(three.tx_memory)};

  unsigned waits = 0;
  unsigned bytes = 2000;
  //! [queue]
  first.fill(0_b);
  second.fill(1_b);
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  for (unsigned frame = 2; frame < 100; ++frame) {
    spare.fill(static_cast<std::byte>(frame));
    if (!queue.can_exchange()) ++waits;
    if (auto outcome = queue.exchange(spare); !outcome) {  // in goes this frame, out comes the oldest
      ferry::print("failed: {}\n", outcome.error());
      break;
    }
    bytes += spare.size();
  }
  auto outcome = std::move(queue).wait_into(spi, first, second);
  //! [queue]
  ferry::print("{} frames, {} bytes, of which the CPU waited for {} frames\n", bytes / 1000, bytes, waits);
  return outcome && bytes == 100'000 ? 0 : 1;
}
