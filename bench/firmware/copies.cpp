// Copies a few bytes from memory to memory by DMA, again and again, and does nothing else: who follows the
// owner of each byte has the start of a transfer to look at all the time.
#include <ferry/ferry.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace {

constexpr std::size_t bytes = FERRY_BENCH_BYTES;
// About as long to simulate, whatever the size: beside its bytes, a copy costs as much as some twenty of
// them.
constexpr std::uint32_t copies = 9'000'000 / (bytes + 20);

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = ferry::dma_buffers<bytes>();
  ferry::dma::RxBuffer to{std::move(to_memory)};
  ferry::dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel0);
  ferry::dma::Copier copier{
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
      std::move(chip.uhci0)};
  for (std::uint32_t number = 0; number < copies; ++number) {
    auto copy = std::move(copier).copy(std::move(to), std::move(from));
    if (!std::move(copy).wait_into(copier, to, from)) return 1;
  }
  return 0;
}
