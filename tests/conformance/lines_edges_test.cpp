// Nothing is wired: writing on four lines, each line's edges counted at its own pin. Every byte has one bit,
// which is one pulse on one line.
#include "tests/conformance/edge_counter.hpp"
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

using Edges = std::array<std::uint32_t, 4>;
using enum spi::Lines;

void expect(EdgeCounter& counter, const Edges& expected, int line) {
  const Edges seen = counter.take();
  if (seen != expected) print("line {}: {} {} {} {}\n", line, seen[0], seen[1], seen[2], seen[3]);
  FERRY_CHECK(seen == expected);
}

// SIO2 and SIO3 are high while they are not used: one that was low rises behind each of the pieces in which
// SPI's own buffer is sent.
Edges with_idle_level(Edges pulses, std::uint32_t pieces) {
  for (std::size_t line : {2u, 3u}) pulses[line] = std::max(pulses[line], pieces);
  return pulses;
}

void write(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS, EdgeCounter& counter,
           std::uint32_t line, std::uint32_t length, bool by_dma) {
  const auto byte = static_cast<std::uint16_t>(1u << line);
  const std::uint32_t address = byte * 0x01'0101u;
  std::array<std::byte, 145> bytes;
  bytes.fill(static_cast<std::byte>(byte));
  tx.fill(static_cast<std::byte>(byte));
  const std::uint32_t pieces = by_dma || length == 0 ? 1 : (length + 63) / 64;
  // The command on SIO0 alone, then on all lines.
  for (const spi::Lines command_lines : {one, four}) {
    const spi::Phases phases{
        .command = {byte, 8, command_lines}, .address = {address, 24, four}, .data_lines = four};
    if (by_dma) {
      FERRY_CHECK(
          std::move(spi).half_duplex_write(phases, std::move(tx), length).wait_into(spi, tx).has_value());
    } else {
      FERRY_CHECK(spi.half_duplex_write(phases, std::span{bytes}.first(length)).has_value());
    }
    Edges pulses{};
    pulses[line] = 3 + length;
    ++pulses[command_lines == one ? 0 : line];
    expect(counter, with_idle_level(pulses, pieces), __LINE__);
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4, 145>();
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Master{std::move(chip.spi2), {.frequency = 50_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_cs(std::move(chip.gpio1))
          .with_sio0(std::move(chip.gpio4), gpio::Pull::down)
          .with_sio1(std::move(chip.gpio5), gpio::Pull::down)
          .with_sio2(std::move(chip.gpio6), gpio::Pull::up)
          .with_sio3(std::move(chip.gpio7), gpio::Pull::up)
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  FERRY_CHECK(spi.half_duplex_write({.command = {0, 8}}).has_value());
  EdgeCounter counter{{4, 5, 6, 7}};
  counter.take();
  for (std::uint32_t line = 0; line < 4; ++line) {
    for (const bool by_dma : {false, true}) {
      for (const std::uint32_t length : {4u, 0u}) write(spi, tx, counter, line, length, by_dma);
    }
    write(spi, tx, counter, line, 145, line % 2 == 0);
  }
  return check::result();
}
