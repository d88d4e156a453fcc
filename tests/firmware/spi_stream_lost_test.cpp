// unwatched: it turns clocks off and stops channels
// What somebody does to SPI2 or GDMA behind a stream's back: error() tells, so does the outcome, and the next
// stream is as good as any.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;

namespace {

namespace system = chip::system;

std::array<std::byte, 2000> bytes;

struct Parts {
  spi::MasterDma spi;
  dma::RxStream received;
};

// Nobody looks at the stream between the deed and the end, or somebody does.
template <class Deed>
void spoiled(Parts& parts, std::optional<dma::Error> error, Deed deed) {
  for (const bool looks : {false, true}) {
    auto stream = spi::stream(take_out(parts.spi), take_out(parts.received));
    delay(2_ms);
    FERRY_CHECK(stream.pop(bytes) != 0);
    FERRY_CHECK(!stream.error());
    deed();
    delay(1_ms);
    if (looks) {
      for (std::uint32_t i = 0; i < 10; ++i) stream.pop(bytes);
      FERRY_CHECK(stream.error() == error);
    }
    const auto outcome = std::move(stream).stop_into(parts.spi, parts.received);
    FERRY_CHECK_EQUAL(outcome.has_value(), !error.has_value());
    if (!outcome && error) FERRY_CHECK_EQUAL(outcome.error(), *error);
  }
}

void reset_spi(bool on) { mmio::modify(system::base, system::PeripRstEn0::spi2_rst.run_time(on)); }
void reset_gdma(bool on) { mmio::modify(system::base, system::PeripRstEn1::dma_rst.run_time(on)); }

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  Parts parts{.spi = loopback::make_master(chip, {.frequency = 10_MHz}).with_dma(std::move(channel)),
              .received = dma_rx_stream<8192, 8>()};
  const auto nothing = [] {};
  spoiled(parts, {}, nothing);
  spoiled(parts, dma::Error::clock_off,
          [] { mmio::modify(system::base, system::PeripClkEn0::spi2_clk_en(0)); });
  spoiled(parts, dma::Error::in_reset, [] { reset_spi(true); });
  spoiled(parts, dma::Error::in_reset, [] {
    reset_spi(true);
    reset_spi(false);
  });
  spoiled(parts, dma::Error::clock_off,
          [] { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); });
  spoiled(parts, dma::Error::in_reset, [] { reset_gdma(true); });
  spoiled(parts, dma::Error::in_reset, [] {
    reset_gdma(true);
    reset_gdma(false);
  });
  spoiled(parts, dma::Error::engine_stopped,
          [] { mmio::write(chip::dma::base, chip::dma::InLink::inlink_stop(1)); });
  spoiled(parts, {}, nothing);
  return check::result();
}
