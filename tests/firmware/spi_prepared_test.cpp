// run: --wire GPIO4:GPIO2
// Prepared transfers: set up once and started many times, after good ends and bad ones, in every form.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <algorithm>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t most = 40'000;

using Both = spi::PreparedOf<dma::RxBuffer, dma::TxBuffer>;

// New bytes to send, nothing received yet.
void freshen(Both& prepared FERRY_BORROWS, std::uint32_t round) {
  prepared.with<0>([](std::span<std::byte> bytes) { std::ranges::fill(bytes, 0xEE_b); });
  prepared.with<1>([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
}

std::uint32_t arrived(Both& prepared FERRY_BORROWS, std::uint32_t length, std::uint32_t round) {
  return prepared.with<0>([&](std::span<std::byte> bytes) { return matching(bytes.first(length), round); });
}

// All of it arrives, and nothing behind it is touched.
void run_once(Both& prepared FERRY_BORROWS, std::uint32_t length, std::uint32_t round) {
  freshen(prepared, round);
  auto started = std::move(prepared).start();
  const auto outcome = std::move(started).wait_into(prepared);
  FERRY_CHECK(outcome && outcome->length == length);
  FERRY_CHECK_EQUAL(prepared.received<0>(), length);
  FERRY_CHECK_EQUAL(arrived(prepared, length, round), length);
  FERRY_CHECK_EQUAL(
      prepared.with<0>([&](std::span<std::byte> bytes) { return leading(bytes.subspan(length), 0xEE_b); }),
      most - length);
}

// Starts, ends early, failures and lengths that SPI takes in pieces: the next start is as good as the first.
void full_duplex(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS) {
  constexpr std::uint32_t lengths[] = {1, 64, 4095, 4096, 32'736, most};
  for (const std::uint32_t length : lengths) {
    auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx),
                                 {.rx_length = length, .tx_length = length});
    for (std::uint32_t round = 0; round < 3; ++round) run_once(prepared, length, round);
    freshen(prepared, 7);
    auto cancelled = std::move(prepared).start();
    delay(Duration::microseconds(20));
    const auto early = std::move(cancelled).cancel_into(prepared);
    const bool over_already = length < 64;
    FERRY_CHECK(early.has_value() == over_already);
    FERRY_CHECK(early || (early.error() == dma::Error::cancelled && early.error().length < length));
    run_once(prepared, length, 8);
    auto late = std::move(prepared).start();
    const auto timed_out = std::move(late).wait_into(prepared, Deadline::after(Duration::microseconds(20)));
    FERRY_CHECK(timed_out || timed_out.error() == dma::Error::timed_out);
    run_once(prepared, length, 9);
    std::move(prepared).release_into(spi, rx, tx);
  }
}

void unequal_lengths(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                     dma::TxBuffer& tx FERRY_BORROWS) {
  for (const dma::Lengths lengths : {dma::Lengths{10, 100}, {100, 10}, {0, 100}, {100, 0}, {0, 0}}) {
    auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx), lengths);
    for (std::uint32_t round = 0; round < 3; ++round) {
      freshen(prepared, round);
      auto started = std::move(prepared).start();
      const auto outcome = std::move(started).wait_into(prepared);
      FERRY_CHECK(outcome && outcome->length == lengths.rx_length);
      const std::uint32_t common = std::min(lengths.rx_length, lengths.tx_length);
      FERRY_CHECK_EQUAL(arrived(prepared, common, round), common);
    }
    std::move(prepared).release_into(spi, rx, tx);
  }
}

// What cannot be done says so at the end of each start, and gives everything back.
void impossible(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                dma::TxBuffer& tx FERRY_BORROWS) {
  auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx), {.rx_length = most + 1});
  for (int turn = 0; turn < 2; ++turn) {
    auto started = std::move(prepared).start();
    FERRY_CHECK(started.is_done());
    const auto outcome = std::move(started).wait_into(prepared);
    FERRY_CHECK(!outcome && outcome.error() == dma::Error::length_beyond_buffer);
  }
  std::move(prepared).release_into(spi, rx, tx);
}

void unrouted(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  auto wide =
      spi::prepare_half_duplex_read(std::move(spi), {.data_lines = spi::Lines::four}, std::move(rx), 4);
  auto started = std::move(wide).start();
  const auto outcome = std::move(started).wait_into(wide);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::line_not_routed);
  std::move(wide).release_into(spi, rx);
}

void one_direction(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                   dma::TxBuffer& tx FERRY_BORROWS) {
  auto write = spi::prepare_write(std::move(spi), std::move(tx), 100);
  for (int turn = 0; turn < 3; ++turn) {
    auto started = std::move(write).start();
    FERRY_CHECK(std::move(started).wait_into(write).has_value());
  }
  std::move(write).release_into(spi, tx);

  auto read = spi::prepare_read(std::move(spi), std::move(rx), 100);
  for (int turn = 0; turn < 3; ++turn) {
    read.with<0>([](std::span<std::byte> bytes) { std::ranges::fill(bytes, 0xEE_b); });
    auto started = std::move(read).start();
    const auto outcome = std::move(started).wait_into(read);
    FERRY_CHECK(outcome && outcome->length == 100);
    FERRY_CHECK_EQUAL(read.with<0>([](std::span<std::byte> bytes) { return leading(bytes.first(100), 0_b); }),
                      100u);
  }
  std::move(read).release_into(spi, rx);
}

void half_duplex(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                 dma::TxBuffer& tx FERRY_BORROWS) {
  const spi::Phases phases{.command = {0x02, 8}, .address = {0x123456, 24}};
  auto half_write = spi::prepare_half_duplex_write(std::move(spi), phases, std::move(tx), 100);
  for (int turn = 0; turn < 3; ++turn) {
    auto started = std::move(half_write).start();
    FERRY_CHECK(std::move(started).wait_into(half_write).has_value());
  }
  std::move(half_write).release_into(spi, tx);

  auto half_read = spi::prepare_half_duplex_read(std::move(spi), phases, std::move(rx), 100);
  for (int turn = 0; turn < 3; ++turn) {
    auto started = std::move(half_read).start();
    const auto outcome = std::move(started).wait_into(half_read);
    FERRY_CHECK(outcome && outcome->length == 100);
  }
  std::move(half_read).release_into(spi, rx);
}

void in_place(spi::MasterDma& spi FERRY_BORROWS, dma::TxBuffer& tx FERRY_BORROWS) {
  auto both = std::move(tx).as_in_place();
  auto prepared = spi::prepare_in_place(std::move(spi), std::move(both), 500);
  for (std::uint32_t round = 0; round < 3; ++round) {
    prepared.with<0>([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
    auto started = std::move(prepared).start();
    const auto outcome = std::move(started).wait_into(prepared);
    FERRY_CHECK(outcome && outcome->length == 500);
    FERRY_CHECK_EQUAL(
        prepared.with<0>([&](std::span<std::byte> bytes) { return matching(bytes.first(500), round); }),
        500u);
  }
  std::move(prepared).release_into(spi, both);
  tx = std::move(both).as_transmit();
}

// What a compiler does not follow can be dropped at run time: it is ended then, and all of it can be fetched.
struct Holder {
  spi::StartedOf<dma::RxBuffer, dma::TxBuffer> started;
};

void dropped(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
             dma::TxBuffer& tx FERRY_BORROWS) {
  auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx), {1000, 1000});
  run_once(prepared, 1000, 1);
  FERRY_CHECK(!Holder{std::move(prepared).start()}.started.was_dropped());
  FERRY_CHECK(decltype(Holder::started)::was_dropped());
  const auto outcome = decltype(Holder::started)::recover_into(prepared);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::cancelled);
  run_once(prepared, 1000, 2);
  std::move(prepared).release_into(spi, rx, tx);
}

// One of several pieces that is given back without a start leaves none of them to the next transfer.
void never_started(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS,
                   dma::TxBuffer& tx FERRY_BORROWS) {
  auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx));
  std::move(prepared).release_into(spi, rx, tx);
  auto writing = std::move(spi).write(std::move(tx), 8);
  FERRY_CHECK(std::move(writing).wait_into(spi, tx).has_value());
  auto only_sent = spi::prepare_write(std::move(spi), std::move(tx));
  std::move(only_sent).release_into(spi, tx);
  auto reading = std::move(spi).read(std::move(rx), 8);
  const auto outcome = std::move(reading).wait_into(spi, rx);
  FERRY_CHECK(outcome && outcome->length == 8);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_memory, rx_descriptors, tx_memory, tx_descriptors] = dma_buffers<most>();
  dma::RxBuffer rx{std::move(rx_memory)};
  dma::TxBuffer tx{std::move(tx_memory)};
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 20_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));

  full_duplex(spi, rx, tx);
  unequal_lengths(spi, rx, tx);
  impossible(spi, rx, tx);
  unrouted(spi, rx);
  one_direction(spi, rx, tx);
  half_duplex(spi, rx, tx);
  in_place(spi, tx);
  dropped(spi, rx, tx);
  never_started(spi, rx, tx);
  full_duplex(spi, rx, tx);
  return check::result();
}
