// From memory to memory by GDMA, nothing wired: lengths, places off a word's boundary, channels side by side.
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

constexpr std::uint32_t copied[] = {0,    1,    3,    4,    5,    63,   64,     65,     4091,   4092,  4093,
                                    4094, 4095, 4096, 4097, 8190, 8191, 10'240, 10'241, 10'242, 10'243};

alignas(4) std::array<std::byte, 5001> odd_target;
alignas(4) std::array<std::byte, 5003> odd_source;
std::array<dma::Descriptor, 1> one_descriptor;

void copy(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
          dma::TxBuffer& from FERRY_BORROWS, std::uint32_t length, std::uint32_t round, bool burst) {
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  to.fill(untouched);
  const auto outcome =
      std::move(copier).copy(std::move(to), std::move(from), length).wait_into(copier, to, from);
  FERRY_CHECK(outcome && outcome->length == length);
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes.first(length), round); }),
                    length);
  const std::uint32_t end = burst ? std::min((length + 3) / 4 * 4, to.size()) : length;
  FERRY_CHECK(to.with([&](std::span<std::byte> bytes) { return all(bytes.subspan(end), untouched); }));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<10'243>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  dma::RxBuffer odd_to{dma::RxMemory::of<odd_target>()};
  dma::TxBuffer odd_from{dma::TxMemory::of<odd_source>()};

  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.spi2)};
  std::uint32_t round = 0;
  for (const bool burst : {false, true}) {
    for (const std::uint32_t length : copied) {
      copy(copier, to, from, length, ++round, burst);
    }
    copy(copier, to, odd_from, 5003, ++round, burst);
    if (burst) break;
    copy(copier, odd_to, odd_from, 5001, ++round, burst);
    auto configured = std::move(copier).release();
    auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
    dma::Copier with_burst{
        std::move(released).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)),
        std::move(chip.uhci0)};
    copier = std::move(with_burst);
  }

  // Cancelled in the middle, then again in full.
  auto running = std::move(copier).copy(std::move(to), std::move(from));
  const auto cancelled = std::move(running).cancel_into(copier, to, from);
  FERRY_CHECK(!cancelled && cancelled.error() == dma::Error::cancelled);
  copy(copier, to, from, 10'243, ++round, true);

  // A list that is too short for what it shall describe, on either side.
  auto configured = std::move(copier).release();
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  auto short_list = dma::RxDescriptors::of<one_descriptor>();
  dma::Copier short_copier{
      std::move(released).configure({}, std::move(short_list), std::move(tx_descriptors)),
      std::move(chip.i2s0)};
  const auto too_short = short_copier.copy_and_wait(to, from);
  FERRY_CHECK(!too_short && too_short.error() == dma::Error::too_few_descriptors);
  copy(short_copier, to, from, 4095, ++round, false);
  return check::result();
}
