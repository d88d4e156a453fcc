// run: --wire GPIO4:GPIO2
// Prepared transfers that are made longer this time, and not the next: in both directions and in one, with
// phases in front, behind nothing, ended early, dropped.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

constexpr std::uint32_t length = 1000, more = 300;

using Both = spi::PreparedOf<dma::RxBuffer, dma::TxBuffer>;
using Read = spi::PreparedOf<dma::RxBuffer>;

struct Buffers {
  dma::RxBuffer rx1, rx2;
  dma::TxBuffer tx1, tx2;
};

void freshen(Both& prepared FERRY_BORROWS, Buffers& buffers, std::uint32_t round) {
  prepared.with<0>([](std::span<std::byte> bytes) { std::ranges::fill(bytes, untouched); });
  prepared.with<1>([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  buffers.rx2.fill(untouched);
  buffers.tx2.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round + 100); });
}

void check_own_part(Both& prepared FERRY_BORROWS, std::uint32_t round) {
  FERRY_CHECK_EQUAL(prepared.received<0>(), length);
  FERRY_CHECK_EQUAL(prepared.with<0>([&](std::span<std::byte> bytes) { return matching(bytes, round); }),
                    length);
}

// As it was prepared: what was appended the last time takes no part.
void runs_alone(Both& prepared FERRY_BORROWS, Buffers& buffers, std::uint32_t round) {
  freshen(prepared, buffers, round);
  const auto outcome = std::move(prepared).start().wait_into(prepared);
  FERRY_CHECK(outcome && outcome->length == length);
  check_own_part(prepared, round);
  FERRY_CHECK_EQUAL(buffers.rx2.with([](std::span<std::byte> bytes) { return leading(bytes, untouched); }),
                    more);
}

void runs_longer(Both& prepared FERRY_BORROWS, Buffers& buffers, std::uint32_t round) {
  freshen(prepared, buffers, round);
  auto running = std::move(prepared).start();
  if (round % 2 != 0) delay(300_us);
  auto longer = std::move(running).append(take_out(buffers.rx2), take_out(buffers.tx2));
  while (!longer.is_done()) {
  }
  const auto outcome = std::move(longer).wait_into(prepared, buffers.rx2, buffers.tx2);
  FERRY_CHECK(outcome && outcome->length == length + more);
  check_own_part(prepared, round);
  FERRY_CHECK_EQUAL(buffers.rx2.with_received(
                        [&](std::span<const std::byte> bytes) { return matching(bytes, round + 100); }),
                    more);
}

using Longer = spi::LongerOf<Both, dma::RxBuffer, dma::TxBuffer>;

void ends_early(Both& prepared FERRY_BORROWS, Buffers& buffers) {
  auto running = std::move(prepared).start().append(take_out(buffers.rx2), take_out(buffers.tx2));
  delay(30_us);
  const auto cancelled = std::move(running).cancel_into(prepared, buffers.rx2, buffers.tx2);
  FERRY_CHECK(ended_with(cancelled, dma::Error::cancelled) && buffers.rx2.received() == 0);
  FERRY_CHECK(prepared.received<0>() != 0 && prepared.received<0>() == received(cancelled));
  auto late = std::move(prepared).start().append(take_out(buffers.rx2), take_out(buffers.tx2));
  const auto timed_out =
      std::move(late).wait_into(prepared, buffers.rx2, buffers.tx2, Deadline::after(220_us));
  FERRY_CHECK(ended_with(timed_out, dma::Error::timed_out));
  FERRY_CHECK(buffers.rx2.received() != 0 && prepared.received<0>() == length);
  {
    std::optional<Longer> place;
    place.emplace(std::move(prepared).start().append(take_out(buffers.rx2), take_out(buffers.tx2)));
    delay(30_us);
  }
  FERRY_CHECK(Longer::was_dropped());
  FERRY_CHECK(ended_with(Longer::recover_into(prepared, buffers.rx2, buffers.tx2), dma::Error::cancelled));
}

void refused(Both& prepared FERRY_BORROWS, Buffers& buffers) {
  auto running = std::move(prepared).start().append(take_out(buffers.rx2), take_out(buffers.tx2), more + 1);
  const auto outcome = std::move(running).wait_into(prepared, buffers.rx2, buffers.tx2);
  FERRY_CHECK(ended_with(outcome, dma::Error::length_beyond_buffer) && received(outcome) == length);
}

void both_ways(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx = take_out(buffers.rx1);
  auto tx = take_out(buffers.tx1);
  auto prepared = spi::prepare(std::move(spi), std::move(rx), std::move(tx));
  for (std::uint32_t round = 0; round < 12; round += 3) {
    runs_alone(prepared, buffers, round);
    runs_longer(prepared, buffers, round + 1);
    runs_longer(prepared, buffers, round + 2);
  }
  ends_early(prepared, buffers);
  runs_alone(prepared, buffers, 20);
  refused(prepared, buffers);
  runs_alone(prepared, buffers, 21);
  std::move(prepared).release_into(spi, rx, tx);
  buffers.rx1 = std::move(rx);
  buffers.tx1 = std::move(tx);
}

// Nothing was prepared but the form: what is appended is all there is, and nothing the next time.
void behind_nothing(Read& prepared FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  for (int round = 0; round < 3; ++round) {
    rx.fill(untouched);
    const auto outcome = std::move(prepared).start().append(std::move(rx), 10).wait_into(prepared, rx);
    FERRY_CHECK(outcome && outcome->length == 10 && rx[9] == 0_b && rx[10] == untouched);
    rx.fill(untouched);
    const Instant start = time::now();
    const auto empty = std::move(prepared).start().wait_into(prepared);
    FERRY_CHECK(empty && empty->length == 0 && time::now() - start < 20_us && rx[0] == untouched);
  }
}

// The command alone, and with what follows it.
void behind_a_command(Read& prepared FERRY_BORROWS, dma::RxBuffer& rx FERRY_BORROWS) {
  for (int round = 0; round < 3; ++round) {
    FERRY_CHECK(std::move(prepared).start().wait_into(prepared).has_value());
    const auto outcome = std::move(prepared).start().append(std::move(rx), 10).wait_into(prepared, rx);
    FERRY_CHECK(outcome && outcome->length == 10 && rx.received() == 10);
  }
}

void reads(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx = take_out(buffers.rx1);
  auto second = take_out(buffers.rx2);
  auto prepared = spi::prepare_read(std::move(spi), std::move(rx), 0);
  behind_nothing(prepared, second);
  std::move(prepared).release_into(spi, rx);
  prepared = spi::prepare_half_duplex_read(std::move(spi), {.command = {0x9F, 8}}, std::move(rx), 0);
  behind_a_command(prepared, second);
  std::move(prepared).release_into(spi, rx);
  buffers.rx1 = std::move(rx);
  buffers.rx2 = std::move(second);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto one = dma_buffers<length>();
  auto two = dma_buffers<more>();
  Buffers buffers;
  buffers.rx1 = dma::RxBuffer{std::move(one.rx_memory)};
  buffers.tx1 = dma::TxBuffer{std::move(one.tx_memory)};
  buffers.rx2 = dma::RxBuffer{std::move(two.rx_memory)};
  buffers.tx2 = dma::TxBuffer{std::move(two.tx_memory)};
  auto lists = dma_descriptors<2>();
  auto channel = std::move(dma.channel0);
  auto spi = make_master(chip, {.frequency = 40_MHz})
                 .with_dma(std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)));
  both_ways(spi, buffers);
  reads(spi, buffers);
  both_ways(spi, buffers);
  return check::result();
}
