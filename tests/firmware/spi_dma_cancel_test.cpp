// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6
// Ending transfers early: by cancel, by a deadline, at every phase; what follows works at full speed.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

// Whether the clock pin, seen on the pin it is wired to, moves within the next milliseconds.
bool clock_moves(const gpio::Input& probe) {
  const gpio::Level level = probe.read();
  const Deadline deadline = Deadline::after(1_ms);
  while (!deadline.has_passed()) {
    if (probe.read() != level) return true;
  }
  return false;
}

bool hardware_rests() {
  const bool spi_rests = mmio::read(chip::spi2::base, chip::spi2::Cmd::usr) == 0;
  const bool in_rests = mmio::read(chip::dma::base, chip::dma::InLink::inlink_park) != 0;
  const bool out_rests = mmio::read(chip::dma::base, chip::dma::OutLink::outlink_park) != 0;
  return spi_rests && in_rests && out_rests;
}

void full_speed(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  spi.apply_config({.frequency = 10_MHz});
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  rx.fill(0_b);
  const Instant start = time::now();
  const auto outcome = std::move(spi).transfer(std::move(rx), std::move(tx)).wait_into(spi, rx, tx);
  const Duration taken = time::now() - start;
  FERRY_CHECK(outcome.has_value() && outcome->length == 32'000);
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), 32'000u);
  FERRY_CHECK(taken >= 25'600_us && taken < 25'900_us);
}

// 32,000 bytes at 80 kHz take 3.2 s. Cancelled after various times, they do not.
void cancelled_after_various_times(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                                   dma::TxBuffer& tx FERRY_BORROWS, const gpio::Input& probe) {
  std::uint32_t round = 0;
  for (const Duration span : {0_us, 5_us, 50_us, 150_us, 1_ms, 30_ms}) {
    ++round;
    spi.apply_config({.frequency = 80_kHz});
    tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    rx.fill(0_b);
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    delay(span);
    FERRY_CHECK(!transfer.is_done());
    const Instant start = time::now();
    const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
    FERRY_CHECK(time::now() - start < 1_ms);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
    FERRY_CHECK(hardware_rests());
    // What has arrived is counted to the byte: 100 us each, at most two behind the call.
    const auto arrived = static_cast<std::uint32_t>(span.in_microseconds() / 100);
    FERRY_CHECK(!outcome && outcome.error().length >= arrived && outcome.error().length <= arrived + 3);
    if (!outcome) {
      const std::uint32_t length = outcome.error().length;
      FERRY_CHECK_EQUAL(
          rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(length), round); }), length);
      FERRY_CHECK(rx.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(length), 0_b); }) ==
                  32'000 - length);
    }
    // The buffer is ours: nothing arrives any more.
    rx.fill(0xEE_b);
    FERRY_CHECK(!clock_moves(probe));
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, std::byte{0xEE}); }),
                      32'000u);
    full_speed(spi, rx, tx, round);
  }
}

// A transfer that is over is not cancelled, nor is it late.
void over_before_it_ends_early(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                               dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  auto finished = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!finished.is_done()) {
  }
  FERRY_CHECK(std::move(finished).cancel_into(spi, rx, tx).has_value());
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), 32'000u);
  auto late = std::move(spi).transfer(std::move(rx), std::move(tx));
  while (!late.is_done()) {
  }
  FERRY_CHECK(std::move(late).wait_into(spi, rx, tx, Deadline::after(0_us)).has_value());
}

// Of a write what has left is told in whole descriptors, less what FIFOs may hold. 16,000 bytes of it have.
void tells_what_has_left(const dma::Outcome& outcome) {
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  FERRY_CHECK(received(outcome) > 16'000 - 4095 - 128 && received(outcome) < 16'000);
}
void writes(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  spi.apply_config({.frequency = 10_MHz});
  auto write = std::move(spi).write(std::move(tx));
  delay(12'800_us);
  tells_what_has_left(std::move(write).cancel_into(spi, tx));
  auto prepared = spi::prepare_write(std::move(spi), std::move(tx));
  auto started = std::move(prepared).start();
  delay(12'800_us);
  tells_what_has_left(std::move(started).cancel_into(prepared));
  std::move(prepared).release_into(spi, tx);
  // Of one descriptor nothing is known, and of one that could not start it is nothing.
  auto little = std::move(spi).write(std::move(tx), 4000);
  delay(1_ms);
  const auto unknown = std::move(little).cancel_into(spi, tx);
  FERRY_CHECK(!unknown && received(unknown) == 0);
  auto middle = std::move(spi).write(std::move(tx));
  delay(12'800_us);
  tells_what_has_left(std::move(middle).cancel_into(spi, tx));
  const auto none = std::move(spi).write(std::move(tx), 40'000).wait_into(spi, tx);
  FERRY_CHECK(!none && none.error() == dma::Error::length_beyond_buffer && received(none) == 0);
}
// A transfer is a write by what it does, not by what the buffers could do; and these know that nothing came.
template <class Transfer, class... Buffers>
void cancelled_like_a_write(Transfer transfer FERRY_TAKES_LIVE, spi::MasterDma& spi FERRY_REFILLS,
                            Buffers&... buffers FERRY_REFILLS) {
  delay(12'800_us);
  tells_what_has_left(std::move(transfer).cancel_into(spi, buffers...));
}
void other_writes(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                  dma::TxBuffer& tx FERRY_BORROWS) {
  auto [memory, unused_rx, unused_tx] = dma_buffer_in_place<20'000>();
  dma::InPlaceBuffer both{std::move(memory)};
  cancelled_like_a_write(std::move(spi).write(std::move(both)), spi, both);
  FERRY_CHECK_EQUAL(both.received(), 0u);
  cancelled_like_a_write(std::move(spi).half_duplex_write({.command = {0x02, 8}}, std::move(both)), spi,
                         both);
  FERRY_CHECK_EQUAL(both.received(), 0u);
  cancelled_like_a_write(std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 0}), spi, rx,
                         tx);
  FERRY_CHECK_EQUAL(rx.received(), 0u);
  auto prepared = spi::prepare_write(std::move(spi), std::move(both));
  auto started = std::move(prepared).start();
  delay(12'800_us);
  tells_what_has_left(std::move(started).cancel_into(prepared));
  FERRY_CHECK_EQUAL(prepared.received<0>(), 0u);
  std::move(prepared).release_into(spi, both);
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input probe{std::move(chip.gpio6)};
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<32'000>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 80_kHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  cancelled_after_various_times(spi, rx, tx, probe);
  std::uint32_t round = 6;

  // Deadlines: one that has passed, one in the middle, one that is long enough.
  for (const Duration span : {0_ms, 1_ms, 20_ms}) {
    ++round;
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    const Instant start = time::now();
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(span));
    const Duration taken = time::now() - start;
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::timed_out);
    FERRY_CHECK(taken >= span && taken < span + 100_us);
    FERRY_CHECK(hardware_rests());
    full_speed(spi, rx, tx, round);
  }
  auto in_time = std::move(spi).transfer(std::move(rx), std::move(tx));
  FERRY_CHECK(std::move(in_time).wait_into(spi, rx, tx, Deadline::after(30_ms)).has_value());
  auto patient = std::move(spi).transfer(std::move(rx), std::move(tx));
  FERRY_CHECK(std::move(patient).wait_into(spi, rx, tx, Deadline::never()).has_value());

  over_before_it_ends_early(spi, rx, tx, ++round);

  // One direction, or unequal ones, cancelled too.
  for (const dma::Lengths lengths : {dma::Lengths{.rx_length = 0}, dma::Lengths{.tx_length = 0},
                                     dma::Lengths{.rx_length = 10}, dma::Lengths{.tx_length = 10}}) {
    ++round;
    spi.apply_config({.frequency = 80_kHz});
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), lengths);
    delay(5_ms);
    const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
    FERRY_CHECK(hardware_rests());
    full_speed(spi, rx, tx, round);
  }

  writes(spi, tx);
  other_writes(spi, rx, tx);

  // A blocking operation right after a cancelled transfer.
  auto last = std::move(spi).transfer(std::move(rx), std::move(tx));
  delay(1_ms);
  FERRY_CHECK(!std::move(last).cancel_into(spi, rx, tx));
  std::byte bytes[70];
  fill_pattern(bytes, round);
  FERRY_CHECK(spi.transfer_in_place(bytes).has_value());
  FERRY_CHECK_EQUAL(matching(bytes, round), 70u);
  return check::result();
}
