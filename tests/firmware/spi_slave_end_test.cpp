// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// unwatched: it damages a descriptor
// A slave's transfer that does not end by itself, or not well: deadlines, cancelling at every phase, a master
// that comes at the wrong moment, hardware that does not answer. Afterwards all works again.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "deeds.hpp"
#include "dma_hog.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

// RTC memory, which is beyond GDMA's reach; the linker script has no section for it.
asm(".global rtc_bytes\n.set rtc_bytes, 0x50000000");
extern "C" std::array<std::byte, 64> rtc_bytes;

namespace {

constexpr std::uint32_t size = 4200;
std::array<std::byte, size> master_sends;
std::array<std::byte, size> master_receives;
Hog hogs[2];

void works(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  constexpr std::uint32_t length = 300;
  const auto out = std::span{master_sends}.first(length);
  const auto in = std::span{master_receives}.first(length);
  fill_pattern(out, round);
  rx.fill(untouched);
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round + 7); });
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  master.exchange(in, out);
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));
  if (!outcome) print("round {}: {}\n", round, outcome.error());
  FERRY_CHECK(outcome && outcome->length == length && outcome->received == length);
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), length);
  FERRY_CHECK_EQUAL(matching(in, round + 7), length);
}

// The buffer is ours: whatever the master does, nothing arrives any more.
void is_left_alone(bit_bang::Master& master, dma::RxBuffer& rx FERRY_BORROWS) {
  rx.fill(untouched);
  for (int i = 0; i < 100; ++i) master.exchange_byte(0x11_b);
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, untouched); }), rx.size());
}

void deadlines(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
               dma::TxBuffer& tx FERRY_BORROWS) {
  for (const Duration span : {0_ms, 3_ms}) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    const Instant start = time::now();
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(span));
    const Duration taken = time::now() - start;
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::timed_out);
    FERRY_CHECK(taken >= span && taken < span + 100_us);
    master.select();
    is_left_alone(master, rx);
    master.deselect();
    works(master, spi, rx, tx, 1);
  }
  // Without a deadline there is one all the same: 100 bytes at 39 kHz, twice, and a second.
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 100, .tx_length = 10});
  const Instant start = time::now();
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  const Duration taken = time::now() - start;
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::timed_out);
  FERRY_CHECK(taken > 1040_ms && taken < 1042_ms);
  works(master, spi, rx, tx, 2);
}

// The same with a source that has no end: it counts as long as its bytes are, or as it was said to be.
void endless_without_deadline(spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                              dma::TxBuffer& tx FERRY_BORROWS) {
  auto endless = dma::loop(std::move(tx));
  const Instant start = time::now();
  const auto both = std::move(spi)
                        .transfer(std::move(rx), std::move(endless), {.rx_length = 100})
                        .wait_into(spi, rx, endless);
  FERRY_CHECK(!both && both.error() == dma::Error::timed_out);
  const Instant middle = time::now();
  const auto one = std::move(spi).write(std::move(endless), 100).wait_into(spi, endless);
  FERRY_CHECK(!one && one.error() == dma::Error::timed_out);
  const Instant end = time::now();
  FERRY_CHECK(middle - start > 2700_ms && middle - start < 2730_ms);
  FERRY_CHECK(end - middle > 1040_ms && end - middle < 1042_ms);
  tx = std::move(endless).release();
}

// The master has sent so many bytes and bits when the slave has enough, and goes on.
void cancelled(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
               dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t round = 10;
  for (const std::uint32_t bytes : {0u, 1u, 64u, 500u}) {
    for (const std::uint32_t bits : {0u, 3u}) {
      auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
      master.select();
      for (std::uint32_t i = 0; i < bytes; ++i) master.exchange_byte(0x5A_b);
      for (std::uint32_t i = 0; i < bits; ++i) master.exchange_bit(true);
      FERRY_CHECK(!transfer.is_done());
      const Instant start = time::now();
      const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
      FERRY_CHECK(time::now() - start < 50_us);
      FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
      is_left_alone(master, rx);
      master.deselect();
      works(master, spi, rx, tx, ++round);
    }
  }
  // Over already: neither cancelled nor late.
  for (const bool cancel : {false, true}) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    master.exchange({}, std::span{master_sends}.first(9));
    while (!transfer.is_done()) {
    }
    if (cancel) {
      const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
      FERRY_CHECK(outcome && outcome->length == 9);
    } else {
      const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(0_us));
      FERRY_CHECK(outcome && outcome->length == 9);
    }
  }
}

// Armed while the master is at it already: nothing of that transaction, everything of the next.
void armed_too_late(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                    dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  rx.fill(untouched);
  tx.fill(0x77_b);
  master.select();
  for (int i = 0; i < 5; ++i) master.exchange_byte(0x11_b);
  for (int i = 0; i < 3; ++i) master.exchange_bit(true);
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  for (int i = 0; i < 50; ++i) master.exchange_byte(0x22_b);
  master.deselect();
  delay(1_us);
  FERRY_CHECK(!transfer.is_done());
  master.select();
  FERRY_CHECK(master.exchange_byte(0x33_b) == 0x77_b);
  master.deselect();
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));
  FERRY_CHECK(outcome && outcome->length == 1 && outcome->received == 1);
  FERRY_CHECK(rx[0] == 0x33_b && rx[1] == untouched);
}

// Two transactions before the slave looks. They are counted together, and what fits nowhere is an error.
void twice_before_the_end(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                          dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  fill_pattern(master_sends, 5);
  for (const std::uint32_t room : {std::uint32_t{20}, size}) {
    rx.fill(untouched);
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = room});
    master.exchange({}, std::span{master_sends}.first(10));
    master.exchange({}, std::span{master_sends}.first(8));
    delay(10_us);
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
    FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return matching(bytes, 5); }), 10u);
    if (room == size) {
      FERRY_CHECK(outcome && outcome->received == 18 && outcome->length == 18);
    } else {
      FERRY_CHECK(!outcome && outcome.error() == dma::Error::rx_list_too_short);
    }
  }
}

void fails(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS, dma::Error expected, dma::Lengths lengths = {}) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx), lengths);
  master.exchange({}, master_sends);
  FERRY_CHECK(transfer.is_done());
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(0_us));
  FERRY_CHECK(!outcome);
  if (!outcome) FERRY_CHECK_EQUAL(outcome.error().reason, expected);
}

dma::Descriptor* list_at(std::uint32_t low_bits) {
  return reinterpret_cast<dma::Descriptor*>(0x3FC0'0000u + low_bits);
}

void errors(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
            dma::TxBuffer& tx FERRY_BORROWS) {
  using dma::Error;
  fails(master, spi, rx, tx, Error::length_beyond_buffer, {.rx_length = size + 1});
  fails(master, spi, rx, tx, Error::length_beyond_buffer, {.tx_length = size + 1});
  dma::RxBuffer rtc_rx{dma::RxMemory::of<rtc_bytes>()};
  fails(master, spi, rtc_rx, tx, Error::outside_dma_memory);
  auto rtc_tx = std::move(rtc_rx).turn_around();
  fails(master, spi, rx, rtc_tx, Error::outside_dma_memory);
  works(master, spi, rx, tx, 30);

  // A descriptor goes bad while the slave waits: GDMA meets it when the master gets there.
  for (const bool receiving : {true, false}) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    using namespace chip::dma;
    dma::Descriptor* const list =
        list_at(receiving ? mmio::read(base, InLink::inlink_addr) : mmio::read(base, OutLink::outlink_addr));
    list[1].word0 &= ~dma::Descriptor::owner_bit;
    master.exchange({}, master_sends);
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));
    FERRY_CHECK(!outcome);
    if (!outcome) {
      FERRY_CHECK_EQUAL(outcome.error().reason,
                        receiving ? Error::rx_descriptor_error : Error::tx_descriptor_error);
    }
    works(master, spi, rx, tx, 31);
  }

  // Somebody stops a half of the channel, or takes SPI away from it, which only a reset does: nothing is
  // stored, nothing is there to send.
  for (const bool receiving : {true, false}) {
    for (const bool stopped : {true, false}) {
      auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
      using namespace chip::dma;
      if (stopped && receiving) {
        deed::stop_receiving();
      } else if (stopped) {
        deed::stop_sending();
      } else if (receiving) {
        mmio::write(base, InPeriSel::peri_in_sel(0x3F));
      } else {
        mmio::write(base, OutPeriSel::peri_out_sel(0x3F));
      }
      master.exchange({}, master_sends);
      const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));
      FERRY_CHECK(!outcome);
      const Error lost = receiving ? Error::in_reset : Error::tx_underflow;
      if (!outcome) FERRY_CHECK_EQUAL(outcome.error().reason, stopped ? Error::engine_stopped : lost);
      if (!receiving) mmio::write(base, OutPeriSel::peri_out_sel(0));
      works(master, spi, rx, tx, 32);
    }
  }
}

// GDMA has no time for the slave while the master sends: the bytes that find no place are gone.
void others_first(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                  dma::TxBuffer& tx FERRY_BORROWS) {
  fill_pattern(master_sends, 60);
  auto read = std::move(spi).read(std::move(rx));
  hogs[0].start(1, chip::DmaPeripheral::uhci0, 5);
  hogs[1].start(2, chip::DmaPeripheral::i2s0, 5);
  master.exchange({}, std::span{master_sends}.first(1000));
  Hog::stop(1);
  Hog::stop(2);
  const auto outcome = std::move(read).wait_into(spi, rx, Deadline::after(1_ms));
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::rx_overflow);
  if (outcome) print("received {}\n", outcome->received);
  FERRY_CHECK_EQUAL(rx.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 60); }),
                    rx.received());
  works(master, spi, rx, tx, 61);
}

// Of a transfer that only sends the error tells what the master has taken for certain.
void only_sends(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                dma::TxBuffer& tx FERRY_BORROWS) {
  static constexpr std::array<std::byte, 300> constants{};
  struct Case {
    std::uint32_t taken, certain;
  };
  // In the first piece; in the second one; and GDMA is behind it, at the zeros that follow: at the first
  // ones, and at those that more come before than wait in FIFOs.
  for (const Case test :
       {Case{0, 0}, Case{100, 0}, Case{420, 300 - 128}, Case{590, 600 - 128}, Case{700, 600}}) {
    auto pieces = dma::gather(std::move(tx), dma::ConstSource::of<constants>());
    pieces.use<0>(0, 300);
    auto write = std::move(spi).write(std::move(pieces));
    master.select();
    for (std::uint32_t i = 0; i < test.taken; ++i) master.exchange_byte(0_b);
    const auto outcome = std::move(write).cancel_into(spi, pieces);
    master.deselect();
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
    FERRY_CHECK_EQUAL(received(outcome), test.certain);
    dma::ConstSource unused;
    std::move(pieces).release_into(tx, unused);
  }
  works(master, spi, rx, tx, 62);
}

// Bytes that the master took have not arrived anywhere.
void sends_beside_a_buffer(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                           dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  static constexpr std::array<std::byte, 600> constants{};
  for (const bool cancelled : {true, false}) {
    auto pieces = dma::gather(std::move(tx), dma::ConstSource::of<constants>());
    pieces.use<0>(0, 300);
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(pieces), {.rx_length = 0});
    master.select();
    for (std::uint32_t i = 0; i < 420; ++i) master.exchange_byte(0_b);
    const auto outcome = cancelled ? std::move(transfer).cancel_into(spi, rx, pieces)
                                   : std::move(transfer).wait_into(spi, rx, pieces, Deadline::after(0_ms));
    master.deselect();
    FERRY_CHECK(!outcome && outcome.error().length == 300 - 128);
    FERRY_CHECK_EQUAL(rx.received(), 0u);
    FERRY_CHECK_EQUAL(
        rx.with_received([](std::span<const std::byte> b) { return static_cast<std::uint32_t>(b.size()); }),
        0u);
    dma::ConstSource unused;
    std::move(pieces).release_into(tx, unused);
  }
  works(master, spi, rx, tx, 64);
}

// The master has finished, so no more was taken than it clocked.
void sends_too_slowly(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                      dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(tx));
  hogs[0].start(1, chip::DmaPeripheral::uhci0, 5);
  hogs[1].start(2, chip::DmaPeripheral::i2s0, 5);
  master.exchange({}, std::span{master_sends}.first(1000));
  Hog::stop(1);
  Hog::stop(2);
  const auto outcome = std::move(write).wait_into(spi, tx, Deadline::after(1_ms));
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::tx_underflow);
  FERRY_CHECK_EQUAL(received(outcome), 0u);
  works(master, spi, rx, tx, 63);
}

// What somebody has taken away is back afterwards.
void without_clocks(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                    dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t round = 40;
  for (const deed::Deed& deed :
       {deed::stop_spi, deed::stop_gdma, deed::hold_spi_in_reset, deed::hold_gdma_in_reset}) {
    deed();
    fails(master, spi, rx, tx, *deed.error);
    works(master, spi, rx, tx, round++);
  }
}

// SPI2 is reset, and let go again, between two transfers or while the slave waits: it is told once.
void reset_in_between(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                      dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (const spi::Mode mode : {spi::Mode::_1, spi::Mode::_0}) {
    master.set_mode(mode);
    spi.apply_config({.mode = mode});
    deed::reset_spi();
    fails(master, spi, rx, tx, dma::Error::in_reset);
    works(master, spi, rx, tx, 50);
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    deed::reset_spi();
    master.exchange({}, std::span{master_sends}.first(10));
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(100_us));
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::in_reset);
    works(master, spi, rx, tx, 51);
  }
}

// No master can end these any more, so a wait without a deadline does.
void waits_for_ever(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                    dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto stopped = std::move(spi).transfer(std::move(rx), std::move(tx));
  deed::stop_spi();
  const auto clock_off = std::move(stopped).wait_into(spi, rx, tx, Deadline::never());
  FERRY_CHECK(!clock_off && clock_off.error() == dma::Error::clock_off);
  works(master, spi, rx, tx, 40);
  auto halted = std::move(spi).transfer(std::move(rx), std::move(tx));
  deed::stop_receiving();
  const auto engine_stopped = std::move(halted).wait_into(spi, rx, tx, Deadline::never());
  FERRY_CHECK(!engine_stopped && engine_stopped.error() == dma::Error::engine_stopped);
  works(master, spi, rx, tx, 41);
}

}  // namespace

int main() {
  auto chip = take();
  auto master = bit_bang::make_master(chip);
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<size>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi = bit_bang::make_slave(chip).with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  works(master, spi, rx, tx, 0);
  deadlines(master, spi, rx, tx);
  endless_without_deadline(spi, rx, tx);
  cancelled(master, spi, rx, tx);
  armed_too_late(master, spi, rx, tx);
  twice_before_the_end(master, spi, rx, tx);
  errors(master, spi, rx, tx);
  others_first(master, spi, rx, tx);
  only_sends(master, spi, rx, tx);
  sends_beside_a_buffer(master, spi, rx, tx);
  sends_too_slowly(master, spi, rx, tx);
  without_clocks(master, spi, rx, tx);
  reset_in_between(master, spi, rx, tx);
  waits_for_ever(master, spi, rx, tx);
  return check::result();
}
