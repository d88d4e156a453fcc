// unwatched: it turns clocks off and stops channels
// What somebody does to GDMA behind a pipe's back: error() tells, so does the outcome, and the next pipe is
// as good as any.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;

namespace {

std::array<std::byte, 500> in, out;

struct Parts {
  dma::Copier copier;
  dma::RxStream to;
  dma::TxStream from;
};

template <class Deed>
void spoiled(Parts& parts, std::optional<dma::Error> error, Deed deed) {
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
  FERRY_CHECK(pipe.error() == error);
  FERRY_CHECK(time::now() - start < 500_us);
  const auto outcome = std::move(pipe).stop_into(parts.copier, parts.to, parts.from);
  FERRY_CHECK_EQUAL(outcome.has_value(), !error.has_value());
  if (!outcome && error) FERRY_CHECK_EQUAL(outcome.error(), *error);
}

}  // namespace

int main() {
  namespace system = chip::system;
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  Parts parts{.copier = dma::Copier{std::move(channel).configure({}, std::move(rx_descriptors),
                                                                 std::move(tx_descriptors)),
                                    std::move(chip.uhci0)},
              .to = dma_rx_stream<4096, 4>(),
              .from = dma_tx_stream<4096, 4>()};
  const auto nothing = [] {};
  spoiled(parts, {}, nothing);
  spoiled(parts, dma::Error::engine_stopped,
          [] { mmio::write(chip::dma::base, chip::dma::InLink::inlink_stop(1)); });
  spoiled(parts, dma::Error::clock_off,
          [] { mmio::modify(system::base, system::PeripClkEn1::dma_clk_en(0)); });
  spoiled(parts, dma::Error::in_reset, [] { mmio::modify(system::base, system::PeripRstEn1::dma_rst(1)); });
  spoiled(parts, dma::Error::in_reset, [] {
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(1));
    mmio::modify(system::base, system::PeripRstEn1::dma_rst(0));
  });
  spoiled(parts, {}, nothing);
  return check::result();
}
