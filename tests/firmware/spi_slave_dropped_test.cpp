// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// A slave's transfer that goes out of scope as a member, which no compiler follows: it is ended, whatever the
// master does, and its parts can be had again.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

std::array<std::byte, 64> master_sends;

void dropped(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             std::uint32_t bytes_before) {
  {
    std::optional<spi::SlaveRead> read;
    read.emplace(std::move(spi).read(std::move(rx)));
    master.select();
    for (std::uint32_t i = 0; i < bytes_before; ++i) master.exchange_byte(0x11_b);
  }
  FERRY_CHECK(spi::SlaveRead::was_dropped() && !spi::SlaveWrite::was_dropped());
  const dma::Outcome outcome = spi::SlaveRead::recover_into(spi, rx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  FERRY_CHECK(!spi::SlaveRead::was_dropped());
  // The buffer is ours.
  rx.fill(0xEE_b);
  for (int i = 0; i < 10; ++i) master.exchange_byte(0x11_b);
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, 0xEE_b); }), rx.size());
  master.deselect();
}

void works(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  fill_pattern(master_sends, 4);
  auto read = std::move(spi).read(std::move(rx));
  master.exchange({}, master_sends);
  FERRY_CHECK(std::move(read).wait_into(spi, rx, Deadline::after(1_ms)).has_value());
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return matching(bytes, 4); }), 64u);
}

}  // namespace

int main() {
  auto chip = take();
  auto master = bit_bang::make_master(chip);
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<64>();
  dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = bit_bang::make_slave(chip).with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (const std::uint32_t bytes : {0u, 1u, 40u}) {
    dropped(master, spi, rx, bytes);
    works(master, spi, rx);
  }
  return check::result();
}
