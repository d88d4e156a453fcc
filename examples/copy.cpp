/// Copies 32,000 bytes from memory to memory by DMA while the CPU counts, and again by the CPU itself.
// expect-text: By DMA: 32000 bytes in [0-9]+ us, equal, while the CPU counted to [0-9]+
// expect-text: By the CPU: [0-9]+ us, equal
#include <ferry/ferry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

bool equal(ferry::dma::RxBuffer& to FERRY_BORROWS, ferry::dma::TxBuffer& from FERRY_BORROWS) {
  return from.with([&](std::span<const std::byte> source) {
    return to.with([&](std::span<const std::byte> copied) { return std::ranges::equal(source, copied); });
  });
}

std::uint64_t microseconds_since(ferry::Instant start) {
  return (ferry::time::now() - start).in_microseconds();
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = ferry::dma_buffers<32'000>();
  ferry::dma::RxBuffer to{std::move(to_memory)};
  ferry::dma::TxBuffer from{std::move(from_memory)};

  //! [copier]
  // A copy needs a trigger of GDMA for itself: this one is UHCI0's, which nobody uses here.
  auto channel = std::move(dma.channel0);
  ferry::dma::Copier copier{
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
      std::move(chip.uhci0)};
  //! [copier]

  from.with([](std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  });

  ferry::Instant start = ferry::time::now();
  //! [copy]
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  std::uint32_t count = 0;
  while (!copy.is_done()) ++count;
  auto outcome = std::move(copy).wait_into(copier, to, from);
  //! [copy]
  const std::uint64_t by_dma = microseconds_since(start);
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  ferry::print("By DMA: {} bytes in {} us, {}, while the CPU counted to {}\n", outcome->length, by_dma,
               equal(to, from) ? "equal" : "different", count);

  to.fill(std::byte{0});
  start = ferry::time::now();
  from.with([&](std::span<const std::byte> source) {
    to.with([&](std::span<std::byte> target) { std::ranges::copy(source, target.begin()); });
  });
  const std::uint64_t by_cpu = microseconds_since(start);
  ferry::print("By the CPU: {} us, {}\n", by_cpu, equal(to, from) ? "equal" : "different");
  return 0;
}
