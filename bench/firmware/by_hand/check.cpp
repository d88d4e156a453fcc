// The driver by hand does the job that Ferry's is compared for: lengths, places, halves, phases, errors.
// MOSI is wired to MISO.
#include "tests/firmware/check.hpp"

#include "bench/firmware/by_hand/spi_dma.hpp"
#include "chip/esp32c3/signals.hpp"
#include <ferry/ferry.hpp>

#include <algorithm>
#include <array>

namespace {

using namespace by_hand;

constexpr std::uint32_t most = 70'000, descriptors = 40;
alignas(4) std::array<std::byte, most> rx_bytes, tx_bytes;
std::array<Descriptor, descriptors> rx_descriptors, tx_descriptors;
DmaBus dma;

constexpr std::byte untouched{0xEE};

Buffer rx(std::uint32_t offset = 0) { return {rx_bytes.data() + offset, most - offset, most - offset}; }
Buffer tx(std::uint32_t offset = 0) { return {tx_bytes.data() + offset, most - offset, most - offset}; }

// New bytes each time.
void fill() {
  static std::uint32_t round = 0;
  ++round;
  for (std::uint32_t i = 0; i < most; ++i) tx_bytes[i] = static_cast<std::byte>(i * 37 + i / 64 + round);
  rx_bytes.fill(untouched);
}

// The first `sent` of these bytes came back, then zeros up to `length`, and nothing behind.
bool arrived(std::uint32_t rx_offset, std::uint32_t tx_offset, std::uint32_t length, std::uint32_t sent) {
  const auto* got = rx_bytes.data() + rx_offset;
  const std::uint32_t common = std::min(length, sent);
  return std::equal(got, got + common, tx_bytes.data() + tx_offset) &&
         std::all_of(got + common, got + length, [](std::byte byte) { return byte == std::byte{0}; }) &&
         (rx_offset + length == most || got[length] == untouched);
}

bool ends_well(Status status, std::uint32_t length) {
  if (status != Status::ok) return false;
  const End end = finish(dma);
  return end.status == Status::ok && end.received == length;
}

void transfer(std::uint32_t rx_length, std::uint32_t tx_length, std::uint32_t offset = 0) {
  for (int turn = 0; turn < 2; ++turn) {
    fill();
    const Status status = start(dma, rx(offset), rx_length, tx(offset / 2), tx_length);
    FERRY_CHECK(!dma.bus.running || start(dma, rx(), 1, tx(), 1) == Status::busy);
    FERRY_CHECK(ends_well(status, rx_length));
    FERRY_CHECK(tx_length == 0 || arrived(offset, offset / 2, rx_length, tx_length));
  }
}

void full_duplex() {
  for (const std::uint32_t length : {1u, 3u, 64u, 65u, 4095u, 4096u, 32'736u, 32'737u})
    transfer(length, length);
  transfer(most, most);
  transfer(10, 100);
  transfer(100, 10);
  transfer(40'000, 7);
  transfer(7, 40'000);
  transfer(0, 100);
  transfer(100, 0);
  transfer(0, 0);
  for (const std::uint32_t offset : {1u, 2u, 3u}) transfer(200, 200, offset);
}

void through_the_fifo() {
  for (const std::uint32_t length : {1u, 5u, 64u, 65u, 200u}) {
    for (const std::uint32_t offset : {0u, 1u, 3u}) {
      for (const std::uint32_t sent : {length, length / 2 + 1}) {
        fill();
        FERRY_CHECK(exchange(dma.bus, rx_bytes.data() + offset, length, tx_bytes.data() + offset / 2, sent) ==
                    Status::ok);
        FERRY_CHECK(arrived(offset, offset / 2, length, sent));
      }
    }
  }
}

Phases phases() {
  return {.command = 0x02,
          .dummy_cycles = 3,
          .command_bits = 8,
          .address_bits = 24,
          .command_lines = Lines::one,
          .address_lines = Lines::one,
          .data_lines = Lines::one,
          .address = 0x123456};
}

void half_duplex() {
  Phases behind = phases();
  for (const std::uint32_t length : {0u, 1u, 100u, 40'000u}) {
    for (int turn = 0; turn < 2; ++turn) {
      ++behind.address;
      FERRY_CHECK(ends_well(start_write_behind(dma, behind, tx(), length), 0));
      FERRY_CHECK(ends_well(start_read_behind(dma, behind, rx(), length), length));
    }
    if (length > 100) continue;
    FERRY_CHECK(write_behind(dma.bus, behind, tx_bytes.data(), length) == Status::ok);
    FERRY_CHECK(read_behind(dma.bus, behind, rx_bytes.data(), length) == Status::ok);
  }
}

void errors() {
  Phases wrong = phases();
  wrong.address = 0x1123456;
  FERRY_CHECK(start_write_behind(dma, wrong, tx(), 100) == Status::value_too_large);
  wrong = phases();
  wrong.command_lines = Lines::two;
  FERRY_CHECK(start_write_behind(dma, wrong, tx(), 100) == Status::line_not_routed);
  wrong.command_bits = 7;
  FERRY_CHECK(start_write_behind(dma, wrong, tx(), 100) == Status::partial_clock);
  FERRY_CHECK(start(dma, rx(), most + 1, tx(), 1) == Status::length_beyond_buffer);
  auto* const flash = reinterpret_cast<std::byte*>(0x3C00'0000);
  FERRY_CHECK(start(dma, {flash, most, most}, 10, tx(), 1) == Status::outside_dma_memory);
  dma.channel.tx.list.capacity = 1;
  FERRY_CHECK(start(dma, rx(), 1, tx(), 5000) == Status::too_few_descriptors);
  dma.channel.tx.list.capacity = descriptors;
  FERRY_CHECK(prepare(dma, rx(), 100, tx(), 100) == Status::ok);
  tx_descriptors[0].word0 &= ~owned_by_dma;
  FERRY_CHECK(start_prepared(dma) == Status::descriptor_error);
  transfer(100, 100);
}

void set_up(unsigned rx_half, unsigned tx_half) {
  dma.channel.rx.list.first = rx_descriptors.data();
  dma.channel.tx.list.first = tx_descriptors.data();
  dma.channel.rx.list.capacity = dma.channel.tx.list.capacity = descriptors;
  open_channel(dma.channel, rx_half, tx_half, false, chip::DmaPeripheral::spi2);
  constexpr ferry::spi::Frequency frequency{ferry::Hertz{10'000'000}};
  open_bus(dma.bus, {.clock = frequency.clock_register(),
                     .pll = frequency.source() == ferry::spi::ClockSource::pll80,
                     .hertz = frequency.actual().value,
                     .lsb_first = false,
                     .outputs = 0b01,
                     .inputs = 0b10});
}

}  // namespace

int main() {
  using namespace ferry::gpio::detail;
  route_output(0, chip::signal::fspiclk);
  route_output(4, chip::signal::fspid);
  route_input(2, chip::signal::fspiq);
  route_output(5, chip::signal::fspics0);
  set_up(0, 0);
  full_duplex();
  through_the_fifo();
  half_duplex();
  errors();
  // The other channel's sending half, and the first one's is for nobody.
  mmio::write(chip::dma::base, chip::dma::OutPeriSel::peri_out_sel.run_time(
                                   static_cast<std::uint32_t>(chip::DmaPeripheral::none)));
  set_up(0, 1);
  full_duplex();
  half_duplex();
  errors();
  return check::result();
}
