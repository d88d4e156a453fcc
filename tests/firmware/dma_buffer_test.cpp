// run: --wire GPIO4:GPIO2
// Buffers: larger than one transfer of SPI, turned into other kinds, and what they tell of what arrived; data
// in flash.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace loopback;

// The first bytes of the flash window; the linker script has no section for it.
asm(".global flash_bytes\n.set flash_bytes, 0x3C000000");
extern "C" std::array<std::byte, 64> flash_bytes;

namespace {

constexpr std::uint32_t large = 120'000;

void fails(const dma::Outcome& outcome, dma::Error error) {
  FERRY_CHECK(!outcome.has_value());
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error(), error);
}

// Thirty descriptors each way.
void copy_large(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
                dma::TxBuffer& from FERRY_BORROWS, std::uint32_t round) {
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  const auto outcome = copier.copy_and_wait(to, from);
  FERRY_CHECK(outcome.has_value() && outcome->length == large);
  FERRY_CHECK_EQUAL(to.received(), large);
  FERRY_CHECK_EQUAL(to.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), large);
}

// What a buffer tells of what arrived in it: of a whole transfer, of a part, of one that was cut off, of one
// that could not start.
void received(dma::Copier& copier FERRY_BORROWS, dma::RxBuffer& to FERRY_BORROWS,
              dma::TxBuffer& from FERRY_BORROWS) {
  FERRY_CHECK(copier.copy_and_wait(to, from, 1000).has_value());
  FERRY_CHECK_EQUAL(to.received(), 1000u);
  FERRY_CHECK_EQUAL(to.with_received([](std::span<const std::byte> bytes) { return bytes.size(); }), 1000u);

  to.fill(std::byte{0xEE});
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  delay(Duration::microseconds(100));
  const auto cut_off = std::move(copy).cancel_into(copier, to, from);
  fails(cut_off, dma::Error::cancelled);
  FERRY_CHECK(to.received() > 0 && to.received() < large);
  FERRY_CHECK_EQUAL(received(cut_off), to.received());
  // So many have arrived, and little more than what fits one descriptor.
  const std::uint32_t good = to.with([](std::span<std::byte> bytes) { return matching(bytes, 1); });
  FERRY_CHECK(good >= to.received() && good <= to.received() + 2 * dma::largest_chunk);

  fails(copier.copy_and_wait(to, from, large + 1), dma::Error::length_beyond_buffer);
  FERRY_CHECK_EQUAL(to.received(), 0u);
}

void kinds(dma::Copier& copier FERRY_BORROWS) {
  auto [memory, rx_list, tx_list] = dma_buffer_in_place<64>();
  FERRY_CHECK_EQUAL(rx_list.count() + tx_list.count(), 2u);
  dma::InPlaceBuffer both{std::move(memory)};
  both.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 3); });
  auto other = dma_buffers<64>();
  dma::RxBuffer to{std::move(other.rx_memory)};
  // It can be sent from and received into like the others.
  FERRY_CHECK(copier.copy_and_wait(to, both).has_value());
  FERRY_CHECK_EQUAL(to.with([](std::span<std::byte> bytes) { return matching(bytes, 3); }), 64u);
  auto from = std::move(to).turn_around();
  both.fill(std::byte{0});
  FERRY_CHECK(copier.copy_and_wait(both, from, 60).has_value());
  FERRY_CHECK_EQUAL(both.received(), 60u);
  FERRY_CHECK_EQUAL(both.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 3); }),
                    60u);
  auto one_way = std::move(both).as_transmit();
  both = std::move(one_way).as_in_place();
  to = std::move(both).as_receive();
  FERRY_CHECK_EQUAL(to.received(), 0u);

  dma::TxBuffer flash{dma::TxMemory::of<flash_bytes>()};
  fails(copier.copy_and_wait(to, flash), dma::Error::in_flash);
  auto flash_target = std::move(flash).turn_around();
  fails(copier.copy_and_wait(flash_target, from), dma::Error::in_flash);
  FERRY_CHECK(dma::explain(dma::Error::in_flash).find("flash, which DMA cannot read") !=
              std::string_view::npos);
  print("{}: {}\n", dma::Error::in_flash, dma::explain(dma::Error::in_flash));
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [to_memory, rx_descriptors, from_memory, tx_descriptors] = dma_buffers<large>();
  FERRY_CHECK_EQUAL(rx_descriptors.count(), 30u);
  dma::RxBuffer to{std::move(to_memory)};
  dma::TxBuffer from{std::move(from_memory)};
  FERRY_CHECK_EQUAL(to.size(), large);
  FERRY_CHECK_EQUAL(to.received(), 0u);
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)),
                     std::move(chip.uhci0)};
  copy_large(copier, to, from, 7);
  copy_large(copier, to, from, 1);
  received(copier, to, from);
  kinds(copier);
  return check::result();
}
