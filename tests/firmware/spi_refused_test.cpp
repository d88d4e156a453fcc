// A transfer that is refused leaves SPI as it was: no clock, and no chip select, also when it is released.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstddef>

using namespace ferry;
using namespace ferry::literals;

namespace {

constexpr std::array<std::uint32_t, 2> pins{bus::sck, bus::cs0};

void write_refused(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  const auto outcome = std::move(spi).write(std::move(tx)).wait_into(spi, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::too_few_descriptors);
}

bool is_silent() {
  delay(100_us);
  return bus::clocks == 0 && bus::selected[bus::cs0] == 0;
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto buffers = dma_buffers<4, 40'000>();
  auto list = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi = loopback::make_master(chip, {.frequency = 100_kHz})
                 .with_dma(std::move(channel).configure({}, std::move(list.rx), std::move(list.tx)));
  dma::TxBuffer tx{std::move(buffers.tx_memory)};
  bus::record(pins);
  bus::start_over();

  // More than SPI can do at once: chip select would stay active behind the first piece.
  write_refused(spi, tx);
  FERRY_CHECK(spi.release_cs() && is_silent());
  write_refused(spi, tx);
  FERRY_CHECK(spi.apply_config({.frequency = 100_kHz, .mode = spi::Mode::_3}) && is_silent());
  return check::result();
}
