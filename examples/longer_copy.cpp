/// Makes a copy longer while it runs: a pair of buffers more for the lists that DMA is at.
// expect-text: 2000 and 1000 bytes, both as they were
#include <ferry/ferry.hpp>

#include <cstddef>

using namespace ferry::literals;

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto one = ferry::dma_buffers<2000>();
  auto two = ferry::dma_buffers<1000>();
  auto lists = ferry::dma_descriptors<2>();  // one descriptor for each buffer
  auto channel = std::move(dma.channel0);
  ferry::dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                            std::move(chip.uhci0)};
  ferry::dma::RxBuffer to{std::move(one.rx_memory)}, more_to{std::move(two.rx_memory)};
  ferry::dma::TxBuffer from{std::move(one.tx_memory)}, more_from{std::move(two.tx_memory)};

  //! [longer]
  from.fill(0x11_b);
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // The first part is on its way, and there is time to make what follows it.
  more_from.fill(0x22_b);
  auto longer = std::move(copy).append(std::move(more_to), std::move(more_from));
  auto outcome = std::move(longer).wait_into(copier, to, from, more_to, more_from);
  //! [longer]
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  const bool same = to[0] == 0x11_b && to[1999] == 0x11_b && more_to[0] == 0x22_b && more_to[999] == 0x22_b;
  ferry::print("{} and {} bytes, {}\n", to.received(), more_to.received(),
               same ? "both as they were" : "but different");
  return 0;
}
