// run: --wire GPIO4:GPIO0 --wire GPIO5:GPIO1 --wire GPIO6:GPIO2 --wire GPIO7:GPIO3
// The slave: modes, bit orders, lengths that the master decides, one direction alone.
#include "bit_bang_master.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

std::array<std::byte, 5000> master_sends;
std::array<std::byte, 5000> master_receives;

struct Case {
  std::uint32_t clocked;    // by the master
  std::uint32_t rx_length;  // that the slave has room for
  std::uint32_t tx_length;  // that it has to send
};

void exchange(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
              dma::TxBuffer& tx FERRY_BORROWS, const Case& test, std::uint32_t round) {
  const auto out = std::span{master_sends}.first(test.clocked);
  const auto in = std::span{master_receives}.first(test.clocked);
  fill_pattern(out, round);
  rx.fill(untouched);
  tx.fill(untouched);
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(test.tx_length), round + 100); });

  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx),
                                          {.rx_length = test.rx_length, .tx_length = test.tx_length});
  FERRY_CHECK(!transfer.is_done());
  master.exchange(in, out);
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));

  const bool fits = test.rx_length == 0 || test.clocked <= test.rx_length;
  FERRY_CHECK_EQUAL(outcome.has_value(), fits);
  const std::uint32_t stored = std::min(test.clocked, test.rx_length);
  if (outcome) {
    FERRY_CHECK_EQUAL(outcome->length, test.clocked);
    FERRY_CHECK_EQUAL(outcome->received, stored);
    FERRY_CHECK_EQUAL(outcome->sent, std::min(test.clocked, test.tx_length));
    FERRY_CHECK_EQUAL(outcome->extra_bits, 0u);
  } else {
    FERRY_CHECK_EQUAL(outcome.error().reason, dma::Error::rx_list_too_short);
    FERRY_CHECK_EQUAL(outcome.error().length, stored);
  }
  FERRY_CHECK_EQUAL(rx.received(), stored);
  // What arrived is what was sent, and nothing was written behind it.
  FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes.first(stored), round); }),
                    stored);
  FERRY_CHECK_EQUAL(
      rx.with([&](std::span<std::byte> bytes) { return leading(bytes.subspan(stored), untouched); }),
      rx.size() - stored);
  // The master got the slave's bytes, then zeros.
  const std::uint32_t sent = std::min(test.clocked, test.tx_length);
  FERRY_CHECK_EQUAL(matching(in.first(sent), round + 100), sent);
  FERRY_CHECK_EQUAL(leading(in.subspan(sent), 0_b), test.clocked - sent);
}

// Clock and bit order in every combination; the bytes have no symmetry that would hide a mistake.
void modes(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
           dma::TxBuffer& tx FERRY_BORROWS) {
  std::uint32_t round = 0;
  for (const spi::Mode mode : {spi::Mode::_0, spi::Mode::_1, spi::Mode::_2, spi::Mode::_3}) {
    for (const spi::BitOrder order : {spi::BitOrder::msb_first, spi::BitOrder::lsb_first}) {
      spi.apply_config({.mode = mode, .write_bit_order = order, .read_bit_order = order});
      master.set_mode(mode);
      master.set_bit_order(order);
      exchange(master, spi, rx, tx, {.clocked = 33, .rx_length = 33, .tx_length = 33}, ++round);
    }
  }
  spi.apply_config({});
  master.set_mode(spi::Mode::_0);
  master.set_bit_order(spi::BitOrder::msb_first);
}

void lengths(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  constexpr Case cases[] = {{1, 1, 1},
                            {1, 4800, 4800},
                            {3, 4, 5},
                            {64, 64, 64},
                            {65, 65, 65},
                            {100, 4800, 7},
                            {4097, 4097, 4097},
                            // Longer than was prepared for.
                            {5, 4, 4},
                            {200, 100, 100},
                            {200, 4800, 4},
                            {200, 4, 4800},
                            // One direction alone.
                            {70, 0, 70},
                            {70, 70, 0},
                            {70, 70, 0},
                            {70, 0, 3}};
  std::uint32_t round = 20;
  for (const Case& test : cases) exchange(master, spi, rx, tx, test, ++round);

  // Nothing in either direction is over at once.
  auto nothing = std::move(spi).transfer(std::move(rx), std::move(tx), {.rx_length = 0, .tx_length = 0});
  FERRY_CHECK(nothing.is_done());
  const auto outcome = std::move(nothing).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome && outcome->length == 0 && outcome->received == 0 && outcome->sent == 0);
}

void selected_without_clock(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                            dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  master.select();
  delay(1_us);
  FERRY_CHECK(!transfer.is_done());
  master.deselect();
  delay(1_us);
  FERRY_CHECK(transfer.is_done());
  const auto outcome = std::move(transfer).wait_into(spi, rx, tx);
  FERRY_CHECK(outcome && outcome->length == 0 && outcome->received == 0 && outcome->extra_bits == 0);
}

void broken_off_in_a_byte(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                          dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  for (const std::uint32_t bytes : {0u, 2u}) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    master.select();
    for (std::uint32_t i = 0; i < bytes; ++i) master.exchange_byte(0x5A_b);
    for (int bit = 0; bit < 5; ++bit) master.exchange_bit(true);
    master.deselect();
    const auto outcome = std::move(transfer).wait_into(spi, rx, tx, Deadline::after(1_ms));
    FERRY_CHECK(outcome && outcome->length == bytes && outcome->received == bytes &&
                outcome->extra_bits == 5);
  }
}

// Receiving or sending alone owns one buffer, and MISO is low while only receiving.
void one_buffer(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                dma::TxBuffer& tx FERRY_BORROWS) {
  const auto out = std::span{master_sends}.first(100);
  const auto in = std::span{master_receives}.first(100);
  for (std::uint32_t round = 50; round < 52; ++round) {
    fill_pattern(out, round);
    tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round + 10); });
    auto write = std::move(spi).write(std::move(tx), 90);
    master.exchange(in, out);
    const auto written = std::move(write).wait_into(spi, tx);
    FERRY_CHECK(written && written->length == 100 && written->received == 0 && written->sent == 90);
    FERRY_CHECK_EQUAL(matching(in, round + 10), 90u);
    FERRY_CHECK_EQUAL(leading(in.subspan(90), 0_b), 10u);

    rx.fill(untouched);
    auto read = std::move(spi).read(std::move(rx));
    FERRY_CHECK(!read.is_done());
    master.exchange(in, out);
    const auto outcome = std::move(read).wait_into(spi, rx, Deadline::after(1_ms));
    FERRY_CHECK(outcome && outcome->length == 100 && outcome->received == 100 && outcome->sent == 0);
    FERRY_CHECK_EQUAL(rx.with([&](std::span<std::byte> bytes) { return matching(bytes, round); }), 100u);
    FERRY_CHECK_EQUAL(leading(in, 0_b), 100u);
  }
}

// What only sends brings nothing, and takes nothing away.
void only_sent(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
               dma::InPlaceBuffer& both FERRY_BORROWS) {
  auto write = std::move(spi).write(std::move(both), 200);
  master.exchange(std::span{master_receives}.first(200), std::span{master_sends}.first(200));
  FERRY_CHECK(std::move(write).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 200u);
  auto cancelled = std::move(spi).write(std::move(both), 200);
  FERRY_CHECK(!std::move(cancelled).cancel_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 200u);
}

// One memory for both directions.
void in_place(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  const auto out = std::span{master_sends}.first(200);
  const auto in = std::span{master_receives}.first(200);
  fill_pattern(out, 60);
  auto both = std::move(rx).as_in_place();
  both.fill(untouched);
  both.with([](std::span<std::byte> bytes) { fill_pattern(bytes.first(200), 61); });
  auto transfer = std::move(spi).transfer_in_place(std::move(both));
  master.exchange(in, out);
  const auto outcome = std::move(transfer).wait_into(spi, both);
  FERRY_CHECK(outcome && outcome->length == 200 && outcome->received == 200 && outcome->sent == 200);
  FERRY_CHECK_EQUAL(matching(in, 61), 200u);
  FERRY_CHECK_EQUAL(both.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 60); }),
                    200u);
  only_sent(master, spi, both);
  auto read = std::move(spi).read(std::move(both));
  master.exchange(in, out.first(20));
  FERRY_CHECK(std::move(read).wait_into(spi, both).has_value());
  FERRY_CHECK_EQUAL(both.received(), 20u);
  rx = std::move(both).as_receive();
}

// A source without an end, with a receiver and alone.
void without_an_end(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                    dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  tx.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 62); });
  auto endless = dma::loop(std::move(tx));
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(endless));
  master.exchange({}, std::span{master_sends}.first(4800));
  const auto sent = std::move(transfer).wait_into(spi, rx, endless);
  FERRY_CHECK(sent && sent->sent == 4800 && sent->received == 4800);
  auto write = std::move(spi).write(std::move(endless));
  master.exchange(master_receives, master_sends);
  const auto written = std::move(write).wait_into(spi, endless);
  FERRY_CHECK(written && written->length == 5000 && written->sent == 5000);
  FERRY_CHECK_EQUAL(matching(std::span{master_receives}.first(4800), 62), 4800u);
  FERRY_CHECK_EQUAL(matching(std::span{master_receives}.subspan(4800), 62), 200u);
  tx = std::move(endless).release();
}

// Other people's transfers on the same bus.
void not_armed_and_not_selected(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                                dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  rx.fill(untouched);
  tx.fill(0xFF_b);
  for (int i = 0; i < 16; ++i) FERRY_CHECK(master.exchange_byte(0xFF_b) == 0_b);  // nobody drives MISO
  master.exchange({}, std::span{master_sends}.first(100));
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  for (int i = 0; i < 16; ++i) FERRY_CHECK(master.exchange_byte(0xFF_b) == 0_b);
  FERRY_CHECK(!transfer.is_done());
  const auto outcome = std::move(transfer).cancel_into(spi, rx, tx);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  FERRY_CHECK_EQUAL(rx.with([](std::span<std::byte> bytes) { return leading(bytes, untouched); }), rx.size());
}

// MISO is low while the slave is not armed, whatever came before, and while it only receives behind that.
void low_when_not_armed(bit_bang::Master& master, spi::SlaveDma& spi FERRY_BORROWS,
                        dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  const auto out = std::span{master_sends}.first(200);
  const auto in = std::span{master_receives}.first(200);
  std::ranges::fill(out, 0x77_b);
  const auto gets_zeros = [&] {
    std::ranges::fill(in, 0xFF_b);
    master.exchange(in, out);
    FERRY_CHECK_EQUAL(leading(in, 0_b), in.size());
  };
  const auto reads_only = [&] {
    auto read = std::move(spi).read(std::move(rx));
    gets_zeros();
    const auto outcome = std::move(read).wait_into(spi, rx, Deadline::after(1_ms));
    FERRY_CHECK(outcome && outcome->length == in.size() && outcome->received == in.size());
    FERRY_CHECK_EQUAL(
        rx.with_received([](std::span<const std::byte> bytes) { return leading(bytes, 0x77_b); }), in.size());
  };
  reads_only();
  gets_zeros();
  gets_zeros();
  reads_only();
  auto write = std::move(spi).write(std::move(tx));
  master.exchange(in, out);
  FERRY_CHECK(std::move(write).wait_into(spi, tx, Deadline::after(1_ms)).has_value());
  gets_zeros();
  reads_only();
  // A transaction that goes on when the slave is not armed any more.
  for (const std::uint32_t before : {0u, 1u, 70u}) {
    auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
    master.select();
    for (std::uint32_t i = 0; i < before; ++i) master.exchange_byte(0x77_b);
    FERRY_CHECK(!std::move(transfer).cancel_into(spi, rx, tx).has_value());
    for (std::uint32_t i = 0; i < 10; ++i) master.exchange_byte(0x77_b);
    master.deselect();
    reads_only();
    gets_zeros();
  }
  spi.apply_config({});
  gets_zeros();
  dma::ConfiguredChannel configured;
  auto slave = std::move(spi).without_dma(configured);
  gets_zeros();
  gets_zeros();
  spi = std::move(slave).with_dma(std::move(configured));
  reads_only();
}

// Taken apart and put together again.
void with_bursts(spi::SlaveDma& spi FERRY_BORROWS, bit_bang::Master& master, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS) {
  dma::ConfiguredChannel configured;
  auto slave = std::move(spi).without_dma(configured);
  dma::RxDescriptors rx_descriptors;
  dma::TxDescriptors tx_descriptors;
  auto channel = std::move(configured).release(rx_descriptors, tx_descriptors);
  spi = std::move(slave).with_dma(
      std::move(channel).configure({.burst = true}, std::move(rx_descriptors), std::move(tx_descriptors)));
  exchange(master, spi, rx, tx, {.clocked = 4800, .rx_length = 4800, .tx_length = 4800}, 91);
  exchange(master, spi, rx, tx, {.clocked = 100, .rx_length = 4800, .tx_length = 4800}, 92);
  // A byte too many, for which a burst has a place.
  auto read = std::move(spi).read(std::move(rx), 5);
  master.exchange({}, std::span{master_sends}.first(6));
  const auto outcome = std::move(read).wait_into(spi, rx, Deadline::after(1_ms));
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::rx_list_too_short && rx.received() == 5);
}

// It receives by one channel and sends by another.
void by_two_channels(spi::SlaveDma spi FERRY_TAKES_LIVE, dma::Channel other, bit_bang::Master& master,
                     dma::RxBuffer& rx FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  dma::ConfiguredChannel configured;
  auto slave = std::move(spi).without_dma(configured);
  dma::RxDescriptors rx_descriptors;
  dma::TxDescriptors tx_descriptors;
  auto halves = std::move(configured).release(rx_descriptors, tx_descriptors).split();
  auto others = std::move(other).split();
  auto crossed = join(std::move(halves.receive), std::move(others.transmit))
                     .configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  spi = std::move(slave).with_dma(std::move(crossed));
  exchange(master, spi, rx, tx, {.clocked = 4800, .rx_length = 4800, .tx_length = 4800}, 93);
  exchange(master, spi, rx, tx, {.clocked = 70, .rx_length = 0, .tx_length = 70}, 94);
  slave = std::move(spi).without_dma(crossed);
  auto pair = std::move(crossed).release(rx_descriptors, tx_descriptors).split();
  [[maybe_unused]] auto whole = unite(std::move(pair.receive), std::move(halves.transmit));
}

}  // namespace

int main() {
  auto chip = take();
  auto master = bit_bang::make_master(chip);
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<4800>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel2);
  auto spi = bit_bang::make_slave(chip).with_dma(
      std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  modes(master, spi, rx, tx);
  lengths(master, spi, rx, tx);
  selected_without_clock(master, spi, rx, tx);
  broken_off_in_a_byte(master, spi, rx, tx);
  one_buffer(master, spi, rx, tx);
  in_place(master, spi, rx);
  without_an_end(master, spi, rx, tx);
  not_armed_and_not_selected(master, spi, rx, tx);
  low_when_not_armed(master, spi, rx, tx);
  exchange(master, spi, rx, tx, {.clocked = 4096, .rx_length = 4096, .tx_length = 4096}, 90);

  with_bursts(spi, master, rx, tx);
  by_two_channels(std::move(spi), std::move(dma.channel0), master, rx, tx);
  return check::result();
}
