// run: --wire GPIO4:GPIO2
// The same transfer again starts without another look at lists and registers. Whatever happens in between, it
// does what it did: another operation, other settings, another list for the same memory, an early end. And a
// half-duplex operation that differs in command and address alone is one with this command and address.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t most = 200, length = 100;
constexpr dma::Lengths lengths{.rx_length = length, .tx_length = length};

std::uint32_t round_of_bytes = 0;

// All arrives, and nothing behind it is touched.
void transfer(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS) {
  const std::uint32_t round = ++round_of_bytes;
  rx.fill(0xEE_b);
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx), lengths).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome && outcome->length == length);
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(length), round); }),
                    length);
  FERRY_CHECK_EQUAL(
      rx.with([](std::span<std::byte> bytes) { return leading(bytes.subspan(length), 0xEE_b); }),
      most - length);
}

void by_the_cpu(spi::MasterDma& spi FERRY_BORROWS) {
  std::array<std::byte, 70> bytes{};
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
}

void half_duplex_by_the_cpu(spi::MasterDma& spi FERRY_BORROWS) {
  FERRY_CHECK(spi.half_duplex_write({.command = {0x9F, 8}}, std::array{0x5A_b}).has_value());
}

void settings(spi::MasterDma& spi FERRY_BORROWS) {
  spi.apply_config({.frequency = 5_MHz, .mode = spi::Mode::_3, .cs_setup = 3});
  spi.hold_cs();
}

void other_lengths(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                   dma::TxBuffer& tx FERRY_BORROWS) {
  for (const dma::Lengths other : {dma::Lengths{length, 7}, {7, length}, {0, length}, {length, 0}, {0, 0}}) {
    const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx), other).wait_into(spi, rx, tx);
    FERRY_CHECK(outcome && outcome->length == other.rx_length);
  }
}

void one_way(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  FERRY_CHECK(std::move(spi).write(std::move(tx), length).wait_into(spi, tx).has_value());
  FERRY_CHECK(std::move(spi).read(std::move(rx), length).wait_into(spi, rx).has_value());
}

void half_duplex(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS) {
  const spi::Phases phases{.command = {0x02, 8}};
  FERRY_CHECK(std::move(spi).half_duplex_write(phases, std::move(tx), length).wait_into(spi, tx).has_value());
  FERRY_CHECK(std::move(spi).half_duplex_read(phases, std::move(rx), length).wait_into(spi, rx).has_value());
}

void early_end(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
               dma::TxBuffer& tx FERRY_BORROWS) {
  auto cancelled = std::move(spi).transfer(std::move(rx), std::move(tx), lengths);
  const auto outcome = std::move(cancelled).cancel_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
}

void too_long(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS) {
  const auto outcome =
      std::move(spi)
          .transfer(std::move(rx), std::move(tx), {.rx_length = length, .tx_length = most + 1})
          .wait_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::length_beyond_buffer);
}

// The same memory and lengths, set up by another way.
void prepared(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS) {
  auto sample = spi::prepare(std::move(spi), std::move(rx), std::move(tx), lengths);
  FERRY_CHECK(std::move(sample).start().wait_into(sample).has_value());
  std::move(sample).release_into(spi, rx, tx);
}

// The same with a list of its own, which is gone afterwards; and without an end.
void other_lists(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS, dma::TxDescriptors& descriptors) {
  auto with_list = dma::prepare(std::move(tx), std::move(descriptors));
  FERRY_CHECK(std::move(spi)
                  .transfer(std::move(rx), std::move(with_list), lengths)
                  .wait_into(spi, rx, with_list)
                  .has_value());
  tx = std::move(with_list).release(descriptors);
}

void endless(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  auto loop = dma::loop(std::move(tx));
  FERRY_CHECK(std::move(spi)
                  .transfer(std::move(rx), std::move(loop), {.rx_length = length})
                  .wait_into(spi, rx, loop)
                  .has_value());
  tx = std::move(loop).release();
}

// The driver without its channel, and with it again.
void channel_again(spi::MasterDma& spi FERRY_BORROWS) {
  dma::ConfiguredChannel channel;
  auto master = std::move(spi).without_dma(channel);
  spi = std::move(master).with_dma(std::move(channel));
}

// ---- Command and address

struct Case {
  std::uint16_t command;
  std::uint32_t address;
  std::uint8_t bits;
};

void on_the_wire(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  spi.apply_config({.frequency = 50_kHz});
  bus::record(std::array{bus::sck, bus::cs0});
  for (const Case& sent : {Case{0x02, 0x123456, 8},
                           {0x02, 0x123456, 8},
                           {0x02, 0xFEDCBA, 8},
                           {0x0B, 0xFEDCBA, 8},
                           {0x0B, 0, 8},
                           {0x10B, 0x000001, 16}}) {
    bus::start_over();
    const spi::Phases phases =
        sent.bits == 8 ? spi::Phases{.command = {sent.command, 8}, .address = {sent.address, 24}}
                       : spi::Phases{.command = {sent.command, 16}, .address = {sent.address, 24}};
    FERRY_CHECK(std::move(spi).half_duplex_write(phases, std::move(tx), 2).wait_into(spi, tx).has_value());
    bus::Reader reader;
    FERRY_CHECK_EQUAL(reader.bits(sent.bits, 1), sent.command);
    FERRY_CHECK_EQUAL(reader.bits(24, 1), sent.address);
    FERRY_CHECK_EQUAL(bus::clocks, reader.position() + 16);
  }
  interrupt::detach(interrupt::Source::gpio);
}

// What is wrong with the phases is found, also where the bits that fit are those of the operation before.
void wrong(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (const spi::Phases& phases : {spi::Phases{.command = {0x02, 8}, .address = {0x1123456, 24}},
                                    {.command = {0x102, 8}, .address = {0x123456, 24}},
                                    {.command = {0x02, 8, spi::Lines::two}, .address = {0x123456, 24}}}) {
    FERRY_CHECK(std::move(spi)
                    .half_duplex_write({.command = {0x02, 8}, .address = {0x123456, 24}}, std::move(tx), 2)
                    .wait_into(spi, tx)
                    .has_value());
    const auto outcome = std::move(spi).half_duplex_write(phases, std::move(tx), 2).wait_into(spi, tx);
    const bool two_lines = phases.command.lines == spi::Lines::two;
    FERRY_CHECK(!outcome &&
                outcome.error() == (two_lines ? dma::Error::line_not_routed : dma::Error::value_too_large));
  }
}

constexpr int steps = 16;

// What comes in between.
void step(int number, spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
          dma::TxBuffer& tx FERRY_BORROWS, dma::TxDescriptors& descriptors) {
  switch (number) {
    case 1:
      return by_the_cpu(spi);
    case 2:
      return settings(spi);
    case 3:
      FERRY_CHECK(spi.release_cs().has_value());
      return;
    case 4:
      FERRY_CHECK(spi.select(spi::Cs::_1).has_value());
      return;
    case 5:
      return other_lengths(spi, rx, tx);
    case 6:
      return one_way(spi, rx, tx);
    case 7:
      return half_duplex(spi, rx, tx);
    case 8:
      return early_end(spi, rx, tx);
    case 9:
      return too_long(spi, rx, tx);
    case 10:
      return prepared(spi, rx, tx);
    case 11:
      return other_lists(spi, rx, tx, descriptors);
    case 12:
      return endless(spi, rx, tx);
    case 13:
      return channel_again(spi);
    case 14:
      return wrong(spi, tx);
    case 15:
      return half_duplex_by_the_cpu(spi);
    default:
      return;
  }
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<most>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto lists = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 10_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  for (int number = 0; number < steps; ++number) {
    const int failures = check::failures;
    step(number, spi, rx, tx, lists.tx);
    transfer(spi, rx, tx);
    transfer(spi, rx, tx);
    if (check::failures != failures) print("  in step {}\n", number);
  }
  spi.select(spi::Cs::_0);
  on_the_wire(spi, tx);
  transfer(spi, rx, tx);
  return check::result();
}
