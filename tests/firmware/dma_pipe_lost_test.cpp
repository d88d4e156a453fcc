// unwatched: it turns clocks off and stops channels
// What somebody does to GDMA behind a pipe's back: error() tells, so does the outcome, and the next pipe is
// as good as any.
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using deed::in_words;

namespace {

std::array<std::byte, 500> in, out;

struct Parts {
  dma::Copier copier;
  dma::RxStream to;
  dma::TxStream from;
};

void spoiled(Parts& parts, const deed::Deed& deed) {
  auto pipe = take_out(parts.copier).pipe(take_out(parts.to), take_out(parts.from));
  const auto pass = [&] {
    pipe.push(in);
    delay(50_us);
    pipe.pop(out);
  };
  for (std::uint32_t i = 0; i < 20; ++i) pass();
  FERRY_CHECK(!pipe.error());
  deed();
  for (std::uint32_t i = 0; i < 20; ++i) pass();
  // Nor is it taken for an error that nobody pops, or pushes.
  const Instant start = time::now();
  FERRY_CHECK_EQUAL(in_words(pipe.error()), in_words(deed.error));
  FERRY_CHECK(time::now() - start < 500_us);
  const auto outcome = std::move(pipe).stop_into(parts.copier, parts.to, parts.from);
  FERRY_CHECK_EQUAL(in_words(outcome), in_words(deed.error));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  Parts parts{.copier = dma::Copier{std::move(channel).configure({}, std::move(rx_descriptors),
                                                                 std::move(tx_descriptors)),
                                    std::move(chip.uhci0)},
              .to = dma_rx_stream<4096, 4>(),
              .from = dma_tx_stream<4096, 4>()};
  spoiled(parts, deed::nothing);
  spoiled(parts, deed::stop_receiving);
  for (const deed::Deed& each : deed::to_gdma) spoiled(parts, each);
  spoiled(parts, deed::nothing);
  return check::result();
}
