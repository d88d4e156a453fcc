// run: --wire GPIO4:GPIO2
// unwatched: it stops channels, and takes descriptors from them
// SPI ends a write that starves, and says that it is done. What has left for certain is still no more than
// what was clocked at the pins, and no less than the pieces before.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using dma::Error;

namespace {

constexpr std::uint32_t size = 60;

using Both = dma::Gather<dma::TxBuffer, dma::TxBuffer>;

void starved(const dma::Outcome& outcome, Error error, std::uint32_t least = 0,
             std::uint32_t bits_before = 0) {
  delay(100_us);
  FERRY_CHECK(ended_with(outcome, error));
  if (!outcome) {
    const std::uint32_t left = outcome.error().length;
    FERRY_CHECK(left >= least && left * 8 + bits_before <= bus::clocks);
    if (left * 8 + bits_before > bus::clocks) print("{} bytes with {} clocks\n", left, bus::clocks);
  }
  bus::start_over();
}

void stop_and_forget() {
  deed::stop_sending();
  mmio::write(chip::dma::base, chip::dma::OutConf0::out_rst(1));
  mmio::write(chip::dma::base, chip::dma::OutConf0::out_rst(0));
}

// Before it starts, as while it runs the channel has fetched it already.
void second_descriptor_is_the_cpus(spi::MasterDma& spi FERRY_BORROWS, Both& both FERRY_BORROWS) {
  auto write = spi::prepare_write(std::move(spi), std::move(both));
  auto* list = reinterpret_cast<dma::Descriptor*>(
      0x3FC0'0000u + mmio::read(chip::dma::base, chip::dma::OutLink::outlink_addr));
  list[1].word0 &= ~dma::Descriptor::owner_bit;
  auto started = std::move(write).start();
  delay(20_ms);
  starved(std::move(started).wait_into(write), Error::tx_descriptor_error);
  std::move(write).release_into(spi, both);
}

void stopped(spi::MasterDma& spi FERRY_BORROWS, Both& both FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(both));
  delay(1_ms);
  stop_and_forget();
  starved(std::move(write).wait_into(spi, both), Error::engine_stopped);
  auto behind_command = std::move(spi).half_duplex_write({.command = {0x9F, 8}}, std::move(both));
  delay(1_ms);
  stop_and_forget();
  starved(std::move(behind_command).wait_into(spi, both), Error::engine_stopped, 0, 8);
}

// In the second part, or in the first one, before there is a second.
void appended(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& one FERRY_BORROWS,
              dma::TxBuffer& two FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(one));
  auto longer = std::move(write).append(std::move(two));
  while (bus::clocks < (size + 10) * 8) static_cast<void>(longer.is_done());
  stop_and_forget();
  starved(std::move(longer).wait_into(spi, one, two), Error::engine_stopped, size);
  auto failed = std::move(spi).write(std::move(one));
  stop_and_forget();
  delay(10_ms);
  auto in_vain = std::move(failed).append(std::move(two));
  starved(std::move(in_vain).wait_into(spi, one, two), Error::engine_stopped);
}

void works(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  FERRY_CHECK(std::move(spi).write(std::move(tx)).wait_into(spi, tx).has_value());
  FERRY_CHECK_EQUAL(bus::clocks, size * 8);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto first = dma_buffers<size>();
  auto second = dma_buffers<size>();
  auto lists = dma_descriptors<2>();
  dma::TxBuffer one{std::move(first.tx_memory)};
  dma::TxBuffer two{std::move(second.tx_memory)};
  auto channel = std::move(dma.channel0).configure({}, std::move(lists.rx), std::move(lists.tx));
  auto spi = make_master(chip, {.frequency = 100_kHz}).with_dma(std::move(channel));
  bus::record(std::array{bus::sck});
  appended(spi, one, two);
  auto both = dma::gather(std::move(one), std::move(two));
  second_descriptor_is_the_cpus(spi, both);
  stopped(spi, both);
  std::move(both).release_into(one, two);
  works(spi, one);
  return check::result();
}
