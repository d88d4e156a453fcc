// unwatched: it turns clocks off and resets GDMA
// Two drivers that lose GDMA at once, by a reset that is over or a clock that is away: each may have one
// round that fails, and neither spoils the other's next one by mending its own.
#include "check.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

struct Parts {
  spi::MasterDma spi;
  dma::RxBuffer rx;
  dma::TxBuffer tx;
  dma::Copier copier;
  dma::RxBuffer to;
  dma::TxBuffer from;
};

// One after the other, or both at the same time. True if both went well.
bool alternate(Parts& parts) {
  const auto outcome = [&] {
    auto transfer = take_out(parts.spi).transfer(take_out(parts.rx), take_out(parts.tx));
    return std::move(transfer).wait_into(parts.spi, parts.rx, parts.tx);
  }();
  return parts.copier.copy_and_wait(parts.to, parts.from).has_value() && outcome.has_value();
}
bool overlap(Parts& parts) {
  auto transfer = take_out(parts.spi).transfer(take_out(parts.rx), take_out(parts.tx));
  auto copy = take_out(parts.copier).copy(take_out(parts.to), take_out(parts.from));
  const auto copied = std::move(copy).wait_into(parts.copier, parts.to, parts.from);
  const auto outcome = std::move(transfer).wait_into(parts.spi, parts.rx, parts.tx);
  return copied.has_value() && outcome.has_value();
}

template <class Round, class Deed>
void spoiled(Parts& parts, Round round, Deed deed) {
  FERRY_CHECK(round(parts));
  deed();
  static_cast<void>(round(parts));
  for (std::uint32_t i = 0; i < 3; ++i) FERRY_CHECK(round(parts));
}

void set_clock(bool on) {
  mmio::modify(chip::system::base, chip::system::PeripClkEn1::dma_clk_en.run_time(on));
}
void set_reset(bool on) { mmio::modify(chip::system::base, chip::system::PeripRstEn1::dma_rst.run_time(on)); }

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<2000>();
  auto [to_memory, to_descriptors, from_memory, from_descriptors] = dma_buffers<2000>();
  auto channel = std::move(dma.channel0).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  auto other = std::move(dma.channel1).configure({}, std::move(to_descriptors), std::move(from_descriptors));
  Parts parts{.spi = make_master(chip, {.frequency = 20_MHz}).with_dma(std::move(channel)),
              .rx = dma::RxBuffer{std::move(rx_memory)},
              .tx = dma::TxBuffer{std::move(tx_memory)},
              .copier = dma::Copier{std::move(other), std::move(chip.uhci0)},
              .to = dma::RxBuffer{std::move(to_memory)},
              .from = dma::TxBuffer{std::move(from_memory)}};
  for (const auto round : {alternate, overlap}) {
    spoiled(parts, round, [] {
      set_reset(true);
      set_reset(false);
    });
    spoiled(parts, round, [] { set_reset(true); });
    spoiled(parts, round, [] { set_clock(false); });
  }
  return check::result();
}
