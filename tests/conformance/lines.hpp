// Reading from one, two and four lines that resistors hold: no wires, so nothing fights with what is sent.
// Every other line is high, in one program the even ones, in the other one the odd ones.
#pragma once

#include "tests/conformance/spi.hpp"

#include <array>

namespace conformance {

struct Pulls {
  gpio::Pull even, odd;
};

inline std::byte expected(const Pulls& pulls, spi::Lines lines) {
  const bool even = pulls.even == gpio::Pull::up;
  switch (lines) {
    case spi::Lines::one:  // MISO is SIO1
      return even ? 0_b : 0xFF_b;
    case spi::Lines::one_both_ways:  // SIO0
      return even ? 0xFF_b : 0_b;
    case spi::Lines::two:
    case spi::Lines::four:
      return even ? 0x55_b : 0xAA_b;
  }
  return 0_b;
}

inline void read(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS, const Pulls& pulls,
                 const spi::Phases& phases) {
  const std::byte value = expected(pulls, phases.data_lines);
  std::array<std::byte, 145> bytes;
  bytes.fill(untouched);
  FERRY_CHECK(spi.half_duplex_read(phases, bytes).has_value());
  FERRY_CHECK(all(bytes, value));
  for (const std::uint32_t length : {4u, 1u, 145u}) {
    rx.fill(untouched);
    const auto outcome = std::move(spi).half_duplex_read(phases, std::move(rx), length).wait_into(spi, rx);
    FERRY_CHECK(outcome && outcome->length == length);
    FERRY_CHECK(rx.with([&](std::span<std::byte> in) {
      return all(in.first(length), value) && all(in.subspan(length), untouched);
    }));
  }
}

// What is appended to an operation of nothing is read from the same lines.
inline void behind_nothing(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                           dma::RxBuffer& more FERRY_BORROWS, const Pulls& pulls, spi::Lines lines) {
  auto nothing = std::move(spi).half_duplex_read({.data_lines = lines}, std::move(rx), 0);
  auto longer = std::move(nothing).append(std::move(more));
  const auto outcome = std::move(longer).wait_into(spi, rx, more);
  FERRY_CHECK(outcome && outcome->length == more.size() && rx.received() == 0);
  FERRY_CHECK(
      more.with_received([&](std::span<const std::byte> in) { return all(in, expected(pulls, lines)); }));
}

// Whatever lines were used before: full duplex has one each way, by the CPU as by DMA.
inline void full_duplex(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                        dma::TxBuffer& tx FERRY_BORROWS, const Pulls& pulls) {
  const std::byte value = expected(pulls, spi::Lines::one);
  std::array<std::byte, 4> bytes;
  bytes.fill(untouched);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  FERRY_CHECK(all(bytes, value));
  rx.fill(untouched);
  const auto outcome = std::move(spi)
                           .transfer(std::move(rx), std::move(tx), {.rx_length = 4, .tx_length = 4})
                           .wait_into(spi, rx, tx);
  FERRY_CHECK(outcome && outcome->length == 4);
  FERRY_CHECK(rx.with([&](std::span<std::byte> in) { return all(in.first(4), value); }));
}

inline int read_from_resistors(const Pulls& pulls) {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<200, 4>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto more_buffers = dma_buffers<70, 1>();
  dma::RxBuffer more{std::move(more_buffers.rx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Master{std::move(chip.spi2), {.frequency = 100_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_cs(std::move(chip.gpio1))
          .with_sio0(std::move(chip.gpio4), pulls.even)
          .with_sio1(std::move(chip.gpio5), pulls.odd)
          .with_sio2(std::move(chip.gpio6), pulls.even)
          .with_sio3(std::move(chip.gpio7), pulls.odd)
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  using enum spi::Lines;
  for (const spi::Lines data : {one, one_both_ways, two, four}) {
    read(spi, rx, pulls, {.data_lines = data});
    read(spi, rx, pulls, {.dummy_cycles = 8, .data_lines = data});
    // The bus turns round in the dummy clocks.
    read(spi, rx, pulls, {.command = {0x32, 8}, .dummy_cycles = 2, .data_lines = data});
    read(spi, rx, pulls,
         {.command = {0x32, 8}, .address = {0x12'3456, 24}, .dummy_cycles = 4, .data_lines = data});
    full_duplex(spi, rx, tx, pulls);
    behind_nothing(spi, rx, more, pulls, data);
  }
  for (const spi::Lines front : {one, two, four}) {
    read(spi, rx, pulls,
         {.command = {0x32, 8}, .address = {0x12'3456, 24, front}, .dummy_cycles = 4, .data_lines = front});
    read(spi, rx, pulls,
         {.command = {0x32, 8, front},
          .address = {0x12'3456, 24, front},
          .dummy_cycles = 4,
          .data_lines = four});
  }
  return check::result();
}

}  // namespace conformance
