// Half duplex, bit for bit: command, address, dummy cycles and data on one, two and four lines, in all modes
// and bit orders, by the CPU and by DMA. Recorded edge by edge on the pads.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <array>
#include <cstdint>
#include <span>

using namespace ferry;
using namespace ferry::literals;
using spi::Lines;

namespace {

std::uint32_t lines_of(Lines lines) { return lines == Lines::four ? 4 : lines == Lines::two ? 2 : 1; }

// The lowest bit of the value's first byte comes first.
std::uint32_t lsb_first(std::uint32_t value, std::uint32_t bits, std::uint32_t lines) {
  std::uint32_t result = 0;
  for (std::uint32_t done = 0; done < bits; done += lines)
    result = result << lines | (value >> done & ((1u << lines) - 1));
  return result;
}

struct Sent {
  spi::Phases phases;
  std::uint32_t command, address;  // as they are on the wire
  std::span<const std::byte> data;
  bool lsb_first = false;
};

// What the recording has to hold.
void check_recorded(const Sent& sent, std::uint32_t line) {
  const int failures = check::failures;
  bus::Reader reader;
  const spi::Phases& phases = sent.phases;
  FERRY_CHECK_EQUAL(reader.bits(phases.command.bits.count(), lines_of(phases.command.lines)), sent.command);
  FERRY_CHECK_EQUAL(reader.bits(phases.address.bits.count(), lines_of(phases.address.lines)), sent.address);
  reader.skip(phases.dummy_cycles.count());
  const std::uint32_t width = lines_of(phases.data_lines);
  for (const std::byte byte : sent.data) {
    const auto value = std::to_integer<std::uint32_t>(byte);
    FERRY_CHECK_EQUAL(reader.bits(8, width), sent.lsb_first ? lsb_first(value, 8, width) : value);
  }
  FERRY_CHECK_EQUAL(bus::clocks, reader.position());
  FERRY_CHECK_EQUAL(bus::selected[bus::cs0], reader.position() == 0 ? 0u : 1u);
  FERRY_CHECK_EQUAL(bus::released[bus::cs0], bus::selected[bus::cs0]);
  if (check::failures != failures) print("  the case of line {}\n", line);
}

// By the CPU and by DMA.
void send(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS, const Sent& sent,
          std::uint32_t line = __builtin_LINE()) {
  bus::start_over();
  FERRY_CHECK(spi.half_duplex_write(sent.phases, sent.data).has_value());
  check_recorded(sent, line);

  const auto length = static_cast<std::uint32_t>(sent.data.size());
  tx.with([&](std::span<std::byte> bytes) {
    for (std::uint32_t i = 0; i < length; ++i) bytes[i] = sent.data[i];
  });
  bus::start_over();
  const auto outcome =
      std::move(spi).half_duplex_write(sent.phases, std::move(tx), length).wait_into(spi, tx);
  if (!outcome) print("{}\n", outcome.error());
  FERRY_CHECK(outcome && outcome->length == 0);
  check_recorded(sent, line);
}

constexpr std::byte some[]{0xA5_b, 0x3C_b, 0x01_b};

void widths(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  send(spi, tx, {{.command = {0x9F, 8}}, 0x9F, 0, {}});
  send(spi, tx, {{.command = {0xABC, 12}}, 0xABC, 0, {}});
  send(spi, tx, {{.command = {0x8001, 16}}, 0x8001, 0, some});
  send(spi, tx, {{.command = {1, 1}}, 1, 0, {}});
  send(spi, tx, {{.address = {0xDEADBEEF, 32}}, 0, 0xDEADBEEF, {}});
  send(spi, tx, {{.address = {0x12345, 20}}, 0, 0x12345, some});
  send(spi, tx, {{.command = {0x5, 3}, .address = {0x1, 1}, .dummy_cycles = 5}, 5, 1, some});
  send(spi, tx, {{.dummy_cycles = 256}, 0, 0, {}});
  send(spi, tx, {{}, 0, 0, some});
  send(spi, tx, {{}, 0, 0, {}});  // nothing at all is success without an edge
}

void lines(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (const Lines command : {Lines::one, Lines::two, Lines::four}) {
    for (const Lines address : {Lines::one, Lines::two, Lines::four}) {
      for (const Lines data : {Lines::one, Lines::one_both_ways, Lines::two, Lines::four}) {
        send(spi, tx,
             {{.command = {0xEB, 8, command},
               .address = {0x876543, 24, address},
               .dummy_cycles = 2,
               .data_lines = data},
              0xEB,
              0x876543,
              some});
      }
    }
  }
}

void modes_and_orders(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (const spi::Mode mode : {spi::Mode::_0, spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
    const bool idles_high = mode == spi::Mode::_2 || mode == spi::Mode::_3;
    bus::expect_mode(mode);
    spi.apply_config({.frequency = 100_kHz, .mode = mode, .write_bit_order = spi::BitOrder::lsb_first});
    FERRY_CHECK(spi.write(std::span{some}).has_value());  // the clock takes its idle level
    send(spi, tx,
         {{.command = {0x1234, 16}, .address = {0x876543, 24, Lines::two}, .data_lines = Lines::four},
          lsb_first(0x1234, 16, 1),
          lsb_first(0x876543, 24, 2),
          some,
          true});
    send(spi, tx,
         {{.command = {0xABC, 12}, .address = {0x12345, 20}},
          lsb_first(0xABC, 12, 1),
          lsb_first(0x12345, 20, 1),
          some,
          true});
    FERRY_CHECK(bus::level(bus::sck) == idles_high);
    spi.apply_config({.frequency = 100_kHz, .mode = mode});
    send(spi, tx, {{.command = {0x9F, 8}, .address = {0x876543, 24}}, 0x9F, 0x876543, some});
    FERRY_CHECK(bus::level(bus::sck) == idles_high);
    // Full duplex behind half duplex, on one line and in the same mode.
    bus::start_over();
    FERRY_CHECK(spi.write(std::span{some}).has_value());
    check_recorded({{}, 0, 0, some}, __LINE__);
    bus::start_over();
    FERRY_CHECK(std::move(spi).write(std::move(tx), 3).wait_into(spi, tx).has_value());
    check_recorded({{}, 0, 0, some}, __LINE__);
    FERRY_CHECK(bus::level(bus::sck) == idles_high);
  }
  bus::expect_mode(spi::Mode::_0);
  spi.apply_config({.frequency = 100_kHz});
  FERRY_CHECK(spi.write(std::span{some}).has_value());
}

// Numbers of bits and of cycles that the compiler knows nothing of: all that there are, and none beyond.
void at_run_time(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (std::uint32_t bits = 0; bits <= 32; ++bits) {
    const auto command = spi::CommandBits::at_run_time(bits);
    const auto address = spi::AddressBits::at_run_time(bits);
    const auto cycles = spi::DummyCycles::at_run_time(bits * 8);
    FERRY_CHECK(command.has_value() == (bits <= 16) && address && cycles);
    if (!address || !cycles) return;
    // The last bit of each is set, so that one too few or too many shows.
    const std::uint32_t last = bits == 0 ? 0 : 1;
    send(spi, tx,
         {{.command = {static_cast<std::uint16_t>(command ? last : 0), command.value_or(spi::CommandBits{0})},
           .address = {last, *address},
           .dummy_cycles = *cycles},
          command ? last : 0,
          last,
          some});
  }
  FERRY_CHECK(!spi::CommandBits::at_run_time(17) && !spi::AddressBits::at_run_time(33));
  FERRY_CHECK(!spi::DummyCycles::at_run_time(257) && !spi::DummyCycles::at_run_time(0xFFFF'FFFF));
  // Through a prepared transfer as well.
  const auto bits = spi::AddressBits::at_run_time(static_cast<std::uint32_t>(tx.size()) / 10);
  FERRY_CHECK(bits.has_value());
  if (!bits) return;
  auto prepared =
      spi::prepare_half_duplex_write(std::move(spi), {.address = {0xA'5A5A, *bits}}, std::move(tx), 0);
  bus::start_over();
  FERRY_CHECK(std::move(prepared).start().wait_into(prepared).has_value());
  check_recorded({{.address = {0xA'5A5A, *bits}}, 0, 0xA'5A5A, {}}, __LINE__);
  std::move(prepared).release_into(spi, tx);
}

// More than SPI's own buffer holds, with CS active from end to end.
void many_bytes(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  std::array<std::byte, 150> bytes;
  for (std::uint32_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
  send(spi, tx, {{.command = {0x02, 8}, .address = {0x10, 8}}, 0x02, 0x10, bytes});
  send(spi, tx, {{.command = {0x32, 8}, .data_lines = Lines::four}, 0x32, 0, bytes});
}

// The bus answers with the levels of its pulls: all lines low, then one of them high.
void reads(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  const auto pull = [](std::uint32_t pin, bool up) {
    using Pad = chip::io_mux::Gpio;
    mmio::modify(chip::io_mux::base, Pad::fun_wpu.run_time(up) | Pad::fun_wpd.run_time(!up), pin);
  };
  for (std::uint32_t high = 0; high <= 4; ++high) {
    for (std::uint32_t line = 0; line < 4; ++line) pull(bus::sio[line], line == high);
    const auto bit = [&](std::uint32_t line) { return line == high ? 1u : 0u; };
    const std::uint32_t two = bit(0) * 0x55 + bit(1) * 0xAA;
    const std::uint32_t four = bit(0) * 0x11 + bit(1) * 0x22 + bit(2) * 0x44 + bit(3) * 0x88;
    const std::pair<Lines, std::uint32_t> cases[] = {{Lines::one, bit(1) * 0xFF},
                                                     {Lines::one_both_ways, bit(0) * 0xFF},
                                                     {Lines::two, two},
                                                     {Lines::four, four}};
    for (const auto& [lines, expected] : cases) {
      const spi::Phases phases{.command = {0xFF, 8}, .dummy_cycles = 2, .data_lines = lines};
      std::array<std::byte, 70> bytes;
      bytes.fill(0xEE_b);
      bus::start_over();
      FERRY_CHECK(spi.half_duplex_read(phases, bytes).has_value());
      FERRY_CHECK(std::to_integer<std::uint32_t>(bytes.front()) == expected);
      FERRY_CHECK(std::to_integer<std::uint32_t>(bytes.back()) == expected);
      FERRY_CHECK_EQUAL(bus::clocks, 10 + 70 * 8 / lines_of(lines));
      FERRY_CHECK_EQUAL(bus::selected[bus::cs0], 1u);
      rx.fill(0xEE_b);
      bus::start_over();
      const auto outcome = std::move(spi).half_duplex_read(phases, std::move(rx), 4).wait_into(spi, rx);
      FERRY_CHECK(outcome && outcome->length == 4 && rx.received() == 4);
      for (std::uint32_t i = 0; i < 4; ++i)
        FERRY_CHECK_EQUAL(std::to_integer<std::uint32_t>(rx[i]), expected);
      FERRY_CHECK(rx[4] == 0xEE_b);
      FERRY_CHECK_EQUAL(bus::clocks, 10 + 4 * 8 / lines_of(lines));
    }
  }
  bus::start_over();
  FERRY_CHECK(spi.half_duplex_read({.command = {0x9F, 8}}, {}).has_value());
  FERRY_CHECK_EQUAL(bus::clocks, 8u);
  bus::start_over();
  FERRY_CHECK(std::move(spi)
                  .half_duplex_read({.command = {0x9F, 8}}, std::move(rx), 0)
                  .wait_into(spi, rx)
                  .has_value());
  FERRY_CHECK(std::move(spi).half_duplex_read({}, std::move(rx), 0).wait_into(spi, rx).has_value());
  FERRY_CHECK_EQUAL(bus::clocks, 8u);
}

void refusals(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  const auto refuses = [&](const spi::Phases& phases, spi::Error error, dma::Error dma_error) {
    const auto result = spi.half_duplex_write(phases, some);
    FERRY_CHECK(!result && result.error() == error);
    const auto outcome = std::move(spi).half_duplex_write(phases, std::move(tx), 3).wait_into(spi, tx);
    FERRY_CHECK(!outcome && outcome.error() == dma_error);
  };
  bus::start_over();
  refuses({.command = {0x100, 8}}, spi::Error::value_too_large, dma::Error::value_too_large);
  refuses({.command = {1, 0}}, spi::Error::value_too_large, dma::Error::value_too_large);
  refuses({.address = {0x100'0000, 24}}, spi::Error::value_too_large, dma::Error::value_too_large);
  refuses({.command = {1, 9, Lines::two}}, spi::Error::partial_clock, dma::Error::partial_clock);
  refuses({.address = {1, 18, Lines::four}}, spi::Error::partial_clock, dma::Error::partial_clock);
  FERRY_CHECK_EQUAL(bus::clocks, 0u);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<200>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      spi::Master{std::move(chip.spi2), {.frequency = 100_kHz}}
          .with_sck(std::move(chip.gpio0))
          .with_sio0(std::move(chip.gpio4))
          .with_sio1(std::move(chip.gpio2))
          .with_sio2(std::move(chip.gpio1))
          .with_sio3(std::move(chip.gpio3))
          .with_cs(std::move(chip.gpio5))
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  bus::record(std::array{bus::sck, bus::cs0});
  widths(spi, tx);
  at_run_time(spi, tx);
  lines(spi, tx);
  modes_and_orders(spi, tx);
  many_bytes(spi, tx);
  reads(spi, rx);
  refusals(spi, tx);
  return check::result();
}
