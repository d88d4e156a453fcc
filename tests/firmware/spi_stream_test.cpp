// run: --wire GPIO4:GPIO2
// SPI without an end: both directions, each alone, a program that is late, bytes that are lost and counted,
// errors; what follows works as ever.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;

namespace {

std::byte pattern(std::uint32_t index) { return static_cast<std::byte>(index * 7 + (index >> 8) * 3); }
std::array<std::byte, 3000> buffer;

std::span<const std::byte> next(std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) buffer[i] = pattern(from + i);
  return std::span{buffer}.first(count);
}
std::uint32_t good(std::uint32_t from, std::uint32_t count) {
  std::uint32_t i = 0;
  while (i < count && buffer[i] == pattern(from + i)) ++i;
  return i;
}

// Longer than SPI's longest piece, so that several follow each other.
void both_ways(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS,
               dma::TxStream& tx FERRY_BORROWS, std::uint32_t at_once) {
  constexpr std::uint32_t total = 70'001;
  auto stream = spi::stream(std::move(spi), std::move(rx), std::move(tx));
  std::uint32_t in = 0, out = 0;
  const Deadline deadline = Deadline::after(500_ms);
  while (out < total && !deadline.has_passed()) {
    in += stream.push(next(in, std::min(at_once, total - in)));
    if (in == total) stream.flush();
    const std::uint32_t popped = stream.pop(buffer);
    FERRY_CHECK_EQUAL(good(out, popped), popped);
    out += popped;
  }
  FERRY_CHECK_EQUAL(out, total);
  FERRY_CHECK(!stream.error());
  FERRY_CHECK(stream.drain(Deadline::after(1_ms)));
  FERRY_CHECK(stream.received() == total && stream.sent() == total);
  const auto outcome = std::move(stream).stop_into(spi, rx, tx);
  FERRY_CHECK(outcome.has_value() && outcome->length == total);
}

void sends_alone(spi::MasterDma& spi FERRY_BORROWS, dma::TxStream& tx FERRY_BORROWS) {
  FERRY_CHECK_EQUAL(tx.push(next(0, 100)), 100u);
  auto stream = spi::stream(std::move(spi), std::move(tx));
  std::uint32_t in = 100;
  const Instant start = time::now();
  while (in < 50'000) in += stream.push(next(in, std::min<std::uint32_t>(3000, 50'000 - in)));
  FERRY_CHECK(stream.drain(Deadline::after(100_ms)));
  // At 10 MHz a byte takes 0.8 us.
  const Duration taken = time::now() - start;
  FERRY_CHECK(taken >= 40_ms && taken < 44_ms);
  FERRY_CHECK(stream.pauses() >= 1 && stream.room() > 0);
  FERRY_CHECK(std::move(stream).stop_into(spi, tx).has_value());
}

// The clock waits for the program.
void pauses(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS) {
  auto stream = spi::stream(std::move(spi), std::move(rx));
  delay(20_ms);
  FERRY_CHECK_EQUAL(stream.available(), 4096u);
  FERRY_CHECK_EQUAL(stream.pauses(), 1u);
  std::uint32_t out = 0;
  for (int i = 0; i < 20; ++i) {
    out += stream.pop(std::span{buffer}.first(1500));
    delay(2_ms);
  }
  FERRY_CHECK(out == 30'000 && stream.lost() == 0 && stream.pauses() == 1);
  const std::uint32_t left = stream.available();
  const auto outcome = std::move(stream).stop_into(spi, rx);
  FERRY_CHECK(outcome.has_value() && outcome->length >= out + left);
  FERRY_CHECK(rx.available() >= left && rx.pop(buffer) > 0);
  rx.clear();
}

// The clock does not wait, and what came when nobody looked is gone, to the byte.
void loses(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS) {
  auto stream = spi::stream(std::move(spi), std::move(rx), spi::WhenFull::lose);
  const Instant start = time::now();
  delay(2_ms);
  FERRY_CHECK_EQUAL(stream.lost(), 0u);
  delay(18_ms);
  // In the first piece still: 25,000 bytes, of which it holds 4096, and 128 wait in FIFOs.
  std::uint64_t lost = stream.lost();
  FERRY_CHECK(lost >= 25'000 - 4096 - 128 && lost < 25'000 - 4096);
  std::uint32_t out = stream.pop(buffer);
  FERRY_CHECK_EQUAL(out, 3000u);
  while (time::now() - start < 60_ms) {
    const std::uint64_t before = std::exchange(lost, stream.lost());
    FERRY_CHECK(lost + 128 >= before);
    out += stream.pop(buffer);
  }
  // 60 ms are 75,000 bytes; those of the first 20 ms were lost but for what the stream holds.
  FERRY_CHECK(stream.lost() > 18'000 && stream.lost() < 22'000);
  FERRY_CHECK(out + stream.lost() > 60'000 && out + stream.lost() < 76'000);
  FERRY_CHECK_EQUAL(stream.pauses(), 0u);
  FERRY_CHECK(!stream.error());
  FERRY_CHECK(std::move(stream).stop_into(spi, rx).has_value());
}

// Between two pieces the clock rests for as long as it takes somebody to call, and what a piece takes to
// start.
void rests_between_pieces(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS) {
  rx.clear();
  spi.apply_config({.frequency = 40_MHz});
  auto stream = spi::stream(std::move(spi), std::move(rx), spi::WhenFull::lose);
  while (stream.lost() == 0) stream.keep_going();
  const Instant start = time::now();
  const std::uint64_t before = stream.lost();
  for (std::uint32_t polls = 0; polls < 30'000; ++polls) stream.keep_going();
  const std::uint64_t taken = (time::now() - start).in_microseconds();
  // All but what is held of the first piece is lost to the last byte, five in a microsecond.
  const auto lost = static_cast<std::uint32_t>(stream.lost() - before);
  const std::uint32_t pieces = (lost + 16'000) / (32'736 / 1024 * 1024);
  const std::uint64_t rested = taken - lost / 5;
  print("{} bytes; between two pieces: {} ns\n", lost, rested * 1000 / pieces);
  FERRY_CHECK(pieces >= 5 && rested > 0 && rested < pieces * 6);
  FERRY_CHECK(std::move(stream).stop_into(spi, rx).has_value());
  rx.clear();
  spi.apply_config({.frequency = 10_MHz});
}

void errors(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS,
            dma::TxStream& tx FERRY_BORROWS) {
  auto stream = spi::stream(std::move(spi), std::move(rx), std::move(tx));
  stream.push(next(0, 2000));
  delay(100_us);
  mmio::modify(chip::dma::base, chip::dma::InLink::inlink_stop(1));
  const Deadline deadline = Deadline::after(10_ms);
  while (!stream.error() && !deadline.has_passed()) stream.keep_going();
  FERRY_CHECK(stream.error() == dma::Error::engine_stopped);
  const auto outcome = std::move(stream).stop_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::engine_stopped);
  rx.clear();
  FERRY_CHECK_EQUAL(rx.available(), 0u);
  both_ways(spi, rx, tx, 500);
}

// An ordinary transfer with the channel's own lists.
void ordinary(spi::MasterDma& spi FERRY_BORROWS, dma::RxMemory rx_memory, dma::TxMemory tx_memory) {
  dma::RxBuffer to{std::move(rx_memory)};
  dma::TxBuffer from{std::move(tx_memory)};
  from.fill(0x5A_b);
  auto transfer = std::move(spi).transfer(std::move(to), std::move(from));
  FERRY_CHECK(std::move(transfer).wait_into(spi, to, from).has_value());
  FERRY_CHECK(to[0] == 0x5A_b && to[63] == 0x5A_b);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto buffers = dma_buffers<64>();
  auto channel = std::move(dma.channel0);
  auto spi = loopback::make_master(chip, {.frequency = 10_MHz})
                 .with_dma(std::move(channel).configure({}, std::move(buffers.rx_descriptors),
                                                        std::move(buffers.tx_descriptors)));
  auto rx = dma_rx_stream<4096, 4>();
  auto tx = dma_tx_stream<3072, 3>();
  both_ways(spi, rx, tx, 3000);
  both_ways(spi, rx, tx, 37);
  sends_alone(spi, tx);
  pauses(spi, rx);
  loses(spi, rx);
  rests_between_pieces(spi, rx);
  errors(spi, rx, tx);
  ordinary(spi, std::move(buffers.rx_memory), std::move(buffers.tx_memory));
  return check::result();
}
