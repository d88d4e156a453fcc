// run: --wire GPIO4:GPIO2
// unwatched: it damages descriptors, and lets SPI start without bytes
// Errors by name: what is found before the start, and what the hardware reports; every part comes back, and
// the next transfer works.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

// RTC memory, which is beyond GDMA's reach; the linker script has no section for it.
asm(".global rtc_bytes\n.set rtc_bytes, 0x50000000");
extern "C" std::array<std::byte, 64> rtc_bytes;

namespace {

alignas(4) std::array<std::byte, 9000> large_bytes;
alignas(4) std::array<std::byte, 64> words;
struct Shifted {
  alignas(4) std::byte first;
  std::array<std::byte, 62> bytes;
};
Shifted shifted;
// The lists of the channel in use; the registers still hold their addresses.
dma::Descriptor* list_at(std::uint32_t low_bits) {
  return reinterpret_cast<dma::Descriptor*>(0x3FC0'0000u + low_bits);
}
dma::Descriptor* rx_list() { return list_at(mmio::read(chip::dma::base, chip::dma::InLink::inlink_addr)); }
dma::Descriptor* tx_list() { return list_at(mmio::read(chip::dma::base, chip::dma::OutLink::outlink_addr)); }

void works(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  rx.fill(0_b);
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), rx.size());
}

// A transfer that must end with this error, on its own.
void fails(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS, dma::Error expected, dma::Lengths lengths = {}) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), lengths);
  const Deadline deadline = Deadline::after(100_ms);
  while (!transfer.is_done() && !deadline.has_passed()) {
  }
  FERRY_CHECK(transfer.is_done());
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(0_us));
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), expected);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<8000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 10_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  std::uint32_t round = 0;
  works(spi, rx, tx, ++round);

  // Known before the start.
  using dma::Error;
  fails(spi, rx, tx, Error::length_beyond_buffer, {.rx_length = 8001});
  fails(spi, rx, tx, Error::length_beyond_buffer, {.tx_length = 32'000});
  works(spi, rx, tx, ++round);
  dma::RxBuffer large_rx{dma::RxMemory::of<large_bytes>()};
  fails(spi, large_rx, tx, Error::too_few_descriptors);
  auto large_tx = std::move(large_rx).turn_around();
  fails(spi, rx, large_tx, Error::too_few_descriptors);
  works(spi, rx, tx, ++round);
  dma::RxBuffer rtc_rx{dma::RxMemory::of<rtc_bytes>()};
  fails(spi, rtc_rx, tx, Error::outside_dma_memory);
  auto rtc_tx = std::move(rtc_rx).turn_around();
  fails(spi, rx, rtc_tx, Error::outside_dma_memory);
  works(spi, rx, tx, ++round);

  // Reported by GDMA: a descriptor that the CPU owns, on either list.
  tx_list()[0].word0 &= ~dma::Descriptor::owner_bit;
  fails(spi, rx, tx, Error::tx_descriptor_error);
  works(spi, rx, tx, ++round);
  tx_list()[1].word0 &= ~dma::Descriptor::owner_bit;
  fails(spi, rx, tx, Error::tx_descriptor_error);
  works(spi, rx, tx, ++round);

  // A buffer address that GDMA does not reach: in the first descriptor, and in one that it gets to later.
  rx_list()[0].buffer = 0x5000'0000;
  fails(spi, rx, tx, Error::rx_descriptor_error);
  works(spi, rx, tx, ++round);
  rx_list()[1].buffer = 0x4038'0000;
  fails(spi, rx, tx, Error::rx_descriptor_error);
  works(spi, rx, tx, ++round);
  tx_list()[1].buffer = 0x3C00'0000;
  fails(spi, rx, tx, Error::tx_descriptor_error);
  works(spi, rx, tx, ++round);

  // Lists that end before the bytes do.
  rx_list()[0].next = 0;
  fails(spi, rx, tx, Error::rx_list_too_short);
  works(spi, rx, tx, ++round);
  tx_list()[0].next = 0;
  fails(spi, rx, tx, Error::tx_underflow);
  works(spi, rx, tx, ++round);

  // The channel is connected to nothing: no byte ever reaches SPI's side.
  mmio::write(chip::dma::base, chip::dma::OutLink::outlink_stop(1));
  mmio::write(chip::dma::base, chip::dma::OutPeriSel::peri_out_sel(0x3F));
  mmio::write(chip::dma::base, chip::dma::InPeriSel::peri_in_sel(0x3F));
  auto unconnected = std::move(spi).transfer(std::move(rx), std::move(tx));
  const auto outcome = std::move(unconnected).wait_into(spi, rx, tx, Deadline::after(50_ms));
  FERRY_CHECK(!outcome.has_value());
  mmio::write(chip::dma::base, chip::dma::OutPeriSel::peri_out_sel(0));
  mmio::write(chip::dma::base, chip::dma::InPeriSel::peri_in_sel(0));
  works(spi, rx, tx, ++round);

  // With burst on the receive buffer has to be made of words.
  dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(master).with_dma(
      std::move(released).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)));
  works(spi, rx, tx, ++round);
  dma::RxBuffer words_rx{dma::RxMemory::of<words>()};
  works(spi, words_rx, tx, ++round);
  dma::RxBuffer shifted_rx{dma::RxMemory::of<shifted.bytes>()};
  fails(spi, shifted_rx, tx, Error::misaligned);
  fails(spi, words_rx, tx, Error::length_beyond_buffer, {.rx_length = 65});
  works(spi, rx, tx, ++round);
  return check::result();
}
