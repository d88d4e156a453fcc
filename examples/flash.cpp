/// Writes and reads a flash chip over four data lines: half duplex with command, address and dummy cycles.
// run: --diagram {here}/diagrams/flash.json
// expect-text: Identity ef 40 14.*Programmed 256 bytes
// expect-text: On one line: 256 bytes in [0-9]+ us, as they were
// expect-text: On four lines, by DMA: command eb and 32 bits of address, 4 dummy cycles
// expect-text: 256 bytes in [0-9]+ us, as they were
#include <ferry/ferry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

using namespace ferry::literals;
using ferry::spi::Lines;

namespace {

constexpr std::uint32_t page = 0x01'2300, page_size = 256;

constexpr std::byte content(std::uint32_t index) { return static_cast<std::byte>(index * 5 + 3); }

// Whether it all went well; the first error is printed.
bool done(std::string_view what, std::expected<void, ferry::spi::Error> result) {
  if (!result) ferry::print("{}: {}\n", what, result.error());
  return result.has_value();
}

// A flash is busy for a while after it was told to erase or to program.
bool wait_until_ready(ferry::spi::MasterDma& spi FERRY_BORROWS) {
  const ferry::Deadline deadline = ferry::Deadline::after(500_ms);
  std::array<std::byte, 1> status{1_b};
  while ((status[0] & 1_b) != 0_b) {
    if (deadline.has_passed()) return false;
    if (!done("status", spi.half_duplex_read({.command = {0x05, 8}}, status))) return false;
  }
  return true;
}

//! [program]
// Erases the sector and programs the page, whose bytes pass on four lines.
bool program(ferry::spi::MasterDma& spi FERRY_BORROWS, std::span<const std::byte> bytes) {
  const ferry::spi::Phases enable{.command = {0x06, 8}};
  return done("enable", spi.half_duplex_write(enable)) &&
         done("erase", spi.half_duplex_write({.command = {0x20, 8}, .address = {page, 24}})) &&
         wait_until_ready(spi) && done("enable", spi.half_duplex_write(enable)) &&
         done("program",
              spi.half_duplex_write({.command = {0x32, 8}, .address = {page, 24}, .data_lines = Lines::four},
                                    bytes)) &&
         wait_until_ready(spi);
}
//! [program]

//! [parameters]
// How it wants to be read on four lines it says itself (JEDEC JESD216, "SFDP"): where its table is stands at
// 0x0C, and the table's third word has dummy cycles, clocks that the mode takes, and the command.
std::optional<ferry::spi::Phases> fastest_read(ferry::spi::MasterDma& spi FERRY_BORROWS) {
  const auto read = [&](std::uint32_t address, std::span<std::byte> bytes) {
    return done(
        "parameters",
        spi.half_duplex_read({.command = {0x5A, 8}, .address = {address, 24}, .dummy_cycles = 8}, bytes));
  };
  std::array<std::byte, 1> table;
  std::array<std::byte, 2> word;
  if (!read(0x0C, table) || !read(std::to_integer<std::uint32_t>(table[0]) + 8, word)) return {};
  const std::uint32_t clocks = std::to_integer<std::uint32_t>(word[0]);
  // The mode follows the address on the same lines; as zeros it says that no other read follows.
  const std::uint32_t mode_bits = (clocks >> 5) * 4;
  const auto address_bits = ferry::spi::AddressBits::at_run_time(24 + mode_bits);
  const auto dummy_cycles = ferry::spi::DummyCycles::at_run_time(clocks & 31);
  if (!address_bits || !dummy_cycles) return {};
  return ferry::spi::Phases{.command = {std::to_integer<std::uint8_t>(word[1]), 8},
                            .address = {page << mode_bits, *address_bits, Lines::four},
                            .dummy_cycles = *dummy_cycles,
                            .data_lines = Lines::four};
}
//! [parameters]

std::string_view verdict(std::span<const std::byte> bytes) {
  for (std::uint32_t i = 0; i < page_size; ++i)
    if (bytes[i] != content(i)) return "different";
  return "as they were";
}

std::uint64_t microseconds_since(ferry::Instant start) {
  return (ferry::time::now() - start).in_microseconds();
}

int read_on_four_lines(ferry::spi::MasterDma& spi FERRY_BORROWS, ferry::dma::RxBuffer& rx FERRY_BORROWS) {
  const auto phases = fastest_read(spi);
  if (!phases) return 1;
  ferry::print("On four lines, by DMA: command {:02x} and {} bits of address, {} dummy cycles\n",
               phases->command.value, phases->address.bits.count(), phases->dummy_cycles.count());
  const ferry::Instant start = ferry::time::now();
  //! [read]
  auto read = std::move(spi).half_duplex_read(*phases, std::move(rx));
  const auto outcome = std::move(read).wait_into(spi, rx);
  //! [read]
  const std::uint64_t taken = microseconds_since(start);
  if (!outcome) {
    ferry::print("failed: {}\n", outcome.error());
    return 1;
  }
  rx.with_received([&](std::span<const std::byte> got) {
    ferry::print("{} bytes in {} us, {}\n", got.size(), taken, verdict(got));
  });
  return 0;
}

}  // namespace

int main() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = ferry::dma_buffers<page_size>();
  ferry::dma::RxBuffer rx{std::move(rx_memory)};
  auto channel = std::move(dma.channel0);
  //! [lines]
  auto spi =
      ferry::spi::Master{std::move(chip.spi2), {.frequency = 20_MHz}}
          .with_sck(std::move(chip.gpio6))
          .with_sio0(std::move(chip.gpio7))
          .with_sio1(std::move(chip.gpio2))
          .with_sio2(std::move(chip.gpio5))
          .with_sio3(std::move(chip.gpio4))
          .with_cs(std::move(chip.gpio10))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  //! [lines]

  std::array<std::byte, 3> id{};
  if (!done("identity", spi.half_duplex_read({.command = {0x9F, 8}}, id))) return 1;
  ferry::print("Identity {:02x} {:02x} {:02x}\n", std::to_integer<unsigned>(id[0]),
               std::to_integer<unsigned>(id[1]), std::to_integer<unsigned>(id[2]));

  std::array<std::byte, page_size> bytes;
  for (std::uint32_t i = 0; i < page_size; ++i) bytes[i] = content(i);
  if (!program(spi, bytes)) return 1;
  ferry::print("Programmed {} bytes\n", page_size);

  bytes.fill(0_b);
  const ferry::Instant start = ferry::time::now();
  if (!done("read", spi.half_duplex_read({.command = {0x03, 8}, .address = {page, 24}}, bytes))) return 1;
  ferry::print("On one line: {} bytes in {} us, {}\n", page_size, microseconds_since(start), verdict(bytes));

  return read_on_four_lines(spi, rx);
}
