/// Copies block after block in a loop: one is under way, one is next, and the program fills a third.
// expect-text: 50 blocks, 50000 bytes, all as they were
#include <ferry/ferry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

void fill(ferry::dma::TxBuffer& from FERRY_BORROWS, std::uint32_t block) {
  from.fill(static_cast<std::byte>(block));
}

bool is_block(const ferry::dma::RxBuffer& to FERRY_BORROWS, std::uint32_t block) {
  return to.with_received([block](std::span<const std::byte> bytes) {
    return std::ranges::count(bytes, static_cast<std::byte>(block)) == 1000;
  });
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto one = ferry::dma_buffers<1000>();
  auto two = ferry::dma_buffers<1000>();
  auto three = ferry::dma_buffers<1000>();
  auto lists = ferry::dma_descriptors<3>();  // one more than there are copies in the queue
  auto channel = std::move(dma.channel0);
  ferry::dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                            std::move(chip.uhci0)};
  ferry::dma::RxBuffer first_to{std::move(one.rx_memory)}, second_to{std::move(two.rx_memory)};
  ferry::dma::TxBuffer first_from{std::move(one.tx_memory)}, second_from{std::move(two.tx_memory)};
  ferry::dma::RxBuffer to{std::move(three.rx_memory)};
  ferry::dma::TxBuffer from{std::move(three.tx_memory)};

  std::uint32_t right = 0;
  fill(first_from, 0);
  fill(second_from, 1);
  //! [queue]
  auto queue = std::move(copier).queue(std::move(first_to), std::move(first_from), std::move(second_to),
                                       std::move(second_from));
  for (std::uint32_t block = 2; block < 50; ++block) {
    fill(from, block);
    if (!queue.exchange(to, from)) break;  // in goes this pair, out comes the oldest
    right += is_block(to, block - 2) ? 1 : 0;
  }
  const auto outcome = std::move(queue).wait_into(copier, first_to, first_from, second_to, second_from);
  //! [queue]
  right += is_block(first_to, 48) ? 1 : 0;
  right += is_block(second_to, 49) ? 1 : 0;
  if (!outcome || right != 50) return 1;
  ferry::print("{} blocks, {} bytes, all as they were\n", right, right * 1000);
  return 0;
}
