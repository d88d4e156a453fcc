// unwatched: it turns clocks off and stops channels
// What somebody does to SPI2 or GDMA behind a stream's back: error() tells, so does the outcome, and the next
// stream is as good as any.
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using deed::in_words;

namespace {

std::array<std::byte, 2000> bytes;

struct Parts {
  spi::MasterDma spi;
  dma::RxStream received;
};

// Nobody looks at the stream between the deed and the end, or somebody does.
void spoiled(Parts& parts, const deed::Deed& deed) {
  for (const bool looks : {false, true}) {
    auto stream = spi::stream(take_out(parts.spi), take_out(parts.received));
    delay(2_ms);
    FERRY_CHECK(stream.pop(bytes) != 0);
    FERRY_CHECK(!stream.error());
    deed();
    delay(1_ms);
    if (looks) {
      for (std::uint32_t i = 0; i < 10; ++i) stream.pop(bytes);
      FERRY_CHECK_EQUAL(in_words(stream.error()), in_words(deed.error));
    }
    const auto outcome = std::move(stream).stop_into(parts.spi, parts.received);
    FERRY_CHECK_EQUAL(in_words(outcome), in_words(deed.error));
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  Parts parts{.spi = loopback::make_master(chip, {.frequency = 10_MHz}).with_dma(std::move(channel)),
              .received = dma_rx_stream<8192, 8>()};
  spoiled(parts, deed::nothing);
  for (const deed::Deed& each : deed::to_spi) spoiled(parts, each);
  for (const deed::Deed& each : deed::to_gdma) spoiled(parts, each);
  spoiled(parts, deed::stop_receiving);
  spoiled(parts, deed::nothing);
  return check::result();
}
