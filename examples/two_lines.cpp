/// Reads a flash chip over two data lines: half duplex with the data, or address and data, on SIO0 and SIO1.
// run: --diagram {here}/diagrams/flash.json
// expect-text: Data on two: 256 bytes in [0-9]+ us, the same.*two, by DMA: 256 bytes in [0-9]+ us, the same
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace ferry::literals;
using ferry::spi::Lines;

namespace {

constexpr std::uint32_t page = 0x00'4500, page_size = 256;

std::uint64_t microseconds_since(ferry::Instant start) {
  return (ferry::time::now() - start).in_microseconds();
}
const char* verdict(bool same) { return same ? "the same" : "different"; }

// Something to read: a flash chip is erased to ff, so one page of it is programmed.
bool program(ferry::spi::MasterDma& spi FERRY_BORROWS) {
  std::array<std::byte, page_size> bytes;
  for (std::uint32_t i = 0; i < page_size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
  const bool begun = spi.half_duplex_write({.command = {0x06, 8}}) &&
                     spi.half_duplex_write({.command = {0x02, 8}, .address = {page, 24}}, bytes);
  ferry::delay(5_ms);
  return begun;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<page_size>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 10_MHz}}
          .with_sck(std::move(chip.gpio6))
          .with_sio0(std::move(chip.gpio7))
          .with_sio1(std::move(chip.gpio2))
          .with_cs(std::move(chip.gpio10))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  if (!program(spi)) return 1;

  std::array<std::byte, page_size> slow{}, fast{};
  ferry::Instant start = ferry::time::now();
  if (!spi.half_duplex_read({.command = {0x03, 8}, .address = {page, 24}}, slow)) return 1;
  ferry::print("One line: {} bytes in {} us\n", page_size, microseconds_since(start));
  if (slow[1] != 0x08_b) return 1;

  //! [two-lines]
  start = ferry::time::now();
  // Command and address on one line, eight cycles for the chip to find the data, and these on two.
  const ferry::spi::Phases data_on_two{
      .command = {0x3B, 8}, .address = {page, 24}, .dummy_cycles = 8, .data_lines = Lines::two};
  if (!spi.half_duplex_read(data_on_two, fast)) return 1;
  ferry::print("Data on two: {} bytes in {} us, {}\n", page_size, microseconds_since(start),
               verdict(fast == slow));

  start = ferry::time::now();
  // The address on two lines, too; behind it eight bits that say whether another read follows.
  const ferry::spi::Phases both_on_two{
      .command = {0xBB, 8}, .address = {page << 8, 32, Lines::two}, .data_lines = Lines::two};
  auto read = std::move(spi).half_duplex_read(both_on_two, std::move(rx));
  const auto outcome = std::move(read).wait_into(spi, rx);
  //! [two-lines]
  const std::uint64_t taken = microseconds_since(start);
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  rx.with_received([&](std::span<const std::byte> bytes) {
    ferry::print("Address and data on two, by DMA: {} bytes in {} us, {}\n", bytes.size(), taken,
                 verdict(std::ranges::equal(bytes, slow)));
  });
  return 0;
}
