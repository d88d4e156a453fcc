// A running copy that goes out of scope as a member, which no compiler follows: it is aborted, and its parts
// can be had again.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<32'000>();
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.sha)};
  for (std::uint32_t round = 0; round < 3; ++round) {
    from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    FERRY_CHECK(!dma::Copy::was_dropped());
    const Instant start = time::now();
    {
      std::optional<dma::Copy> copy;
      copy.emplace(std::move(copier).copy(std::move(to), std::move(from)));
      delay(Duration::microseconds(round * 40));
    }
    FERRY_CHECK(time::now() - start < 200_us);
    FERRY_CHECK(dma::Copy::was_dropped());
    const auto outcome = dma::Copy::recover_into(copier, to, from);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
    FERRY_CHECK_EQUAL(received(outcome), to.received());
    // Nothing writes into the buffer any more.
    to.fill(0xEE_b);
    delay(200_us);
    FERRY_CHECK_EQUAL(to.with([](std::span<std::byte> bytes) { return leading(bytes, 0xEE_b); }), 32'000u);
    FERRY_CHECK(copier.copy_and_wait(to, from).has_value());
    FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), 32'000u);
  }
  return check::result();
}
