// Copies in a loop: pairs of buffers that go in while others are under way, whatever the engine is at, and
// come out in order. Each part has its bytes, and nothing behind them has changed.
#include "check.hpp"
#include "deeds.hpp"
#include "ferry/ferry.hpp"
#include "moments.hpp"
#include "spi_loopback.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using namespace moments;

namespace {

constexpr std::uint32_t size = 5000;

struct Buffers {
  dma::RxBuffer to1, to2, to3;
  dma::TxBuffer from1, from2, from3;
};

void freshen(dma::RxBuffer& to FERRY_BORROWS, dma::TxBuffer& from FERRY_BORROWS, std::uint32_t length,
             std::uint32_t round) {
  to.with([&](std::span<std::byte> bytes) {
    std::memset(bytes.data(), std::to_integer<int>(untouched), std::min(length + 8, size));
  });
  from.with([&](std::span<std::byte> bytes) { fill_pattern(bytes.first(length), round); });
}
bool arrived(dma::RxBuffer& to FERRY_BORROWS, std::uint32_t length, std::uint32_t round) {
  return to.received() == length && to.with([&](std::span<std::byte> bytes) {
    // A burst completes its last word.
    const std::uint32_t end = (length + 3) / 4 * 4;
    const auto behind = bytes.subspan(std::min(end, size)).first(end + 4 <= size ? 4 : 0);
    return matching(bytes.first(length), round) == length && leading(behind, untouched) == behind.size();
  });
}

void any_lengths(dma::Copier& copier FERRY_BORROWS, Buffers& buffers, std::uint32_t most) {
  auto to3 = take_out(buffers.to3);
  auto from3 = take_out(buffers.from3);
  Numbers numbers;
  std::array<std::uint32_t, 3> lengths{size, size, 0};
  freshen(buffers.to1, buffers.from1, size, 0);
  freshen(buffers.to2, buffers.from2, size, 1);
  auto queue = std::move(copier).queue(take_out(buffers.to1), take_out(buffers.from1), take_out(buffers.to2),
                                       take_out(buffers.from2));
  std::uint32_t round = 2;
  for (; round < 400; ++round) {
    const std::uint32_t length = numbers.below(8) == 0 ? 0 : numbers.below(most) + 1;
    lengths[round % 3] = length;
    freshen(to3, from3, length, round);
    idle(numbers.below(3) == 0 ? numbers.below(600) : 0);
    const auto outcome = queue.exchange(to3, from3, length);
    const std::uint32_t expected = lengths[(round - 2) % 3];
    FERRY_CHECK(outcome && outcome->length == expected && arrived(to3, expected, round - 2));
    if (!outcome) {
      print("round {}: {}\n", round, outcome.error());
      break;
    }
  }
  const std::uint32_t left = lengths[(round - 2) % 3], last = lengths[(round - 1) % 3];
  const auto outcome =
      std::move(queue).wait_into(copier, buffers.to1, buffers.from1, buffers.to2, buffers.from2);
  FERRY_CHECK(outcome && outcome->length == left + last);
  FERRY_CHECK(arrived(buffers.to1, left, round - 2) && arrived(buffers.to2, last, round - 1));
  buffers.to3 = std::move(to3);
  buffers.from3 = std::move(from3);
}

// What is wrong with a pair is told, and the queue goes on; two of no bytes begin.
void refused(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto to3 = take_out(buffers.to3);
  auto from3 = take_out(buffers.from3);
  auto queue = std::move(copier).queue(take_out(buffers.to1), take_out(buffers.from1), take_out(buffers.to2),
                                       take_out(buffers.from2));
  FERRY_CHECK(ended_with(queue.exchange(to3, from3, 10, Deadline::after(0_us)), dma::Error::timed_out));
  FERRY_CHECK(ended_with(queue.exchange(to3, from3, size + 1), dma::Error::length_beyond_buffer));
  FERRY_CHECK(queue.can_exchange());
  FERRY_CHECK_EQUAL(received(queue.exchange(to3, from3, 100)), size);
  const auto outcome =
      std::move(queue).wait_into(copier, buffers.to1, buffers.from1, buffers.to2, buffers.from2);
  FERRY_CHECK(outcome && outcome->length == size + 100 && buffers.to2.received() == 100);
  buffers.to3 = std::move(to3);
  buffers.from3 = std::move(from3);
}

using Queue = dma::CopyQueueOf<dma::RxBuffer, dma::TxBuffer, dma::RxBuffer, dma::TxBuffer>;

void ends_early(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  for (std::uint32_t wait = 0; wait < 2000; wait += 200) {
    auto queue = std::move(copier).queue(take_out(buffers.to1), take_out(buffers.from1),
                                         take_out(buffers.to2), take_out(buffers.from2));
    idle(wait);
    const auto outcome =
        std::move(queue).cancel_into(copier, buffers.to1, buffers.from1, buffers.to2, buffers.from2);
    FERRY_CHECK_EQUAL(buffers.to1.received() + buffers.to2.received(), received(outcome));
    FERRY_CHECK(buffers.to2.received() == 0 || buffers.to1.received() == size);
  }
  {
    std::optional<Queue> place;
    place.emplace(std::move(copier).queue(take_out(buffers.to1), take_out(buffers.from1),
                                          take_out(buffers.to2), take_out(buffers.from2)));
  }
  FERRY_CHECK(Queue::was_dropped());
  const auto outcome = Queue::recover_into(copier, buffers.to1, buffers.from1, buffers.to2, buffers.from2);
  FERRY_CHECK(ended_with(outcome, dma::Error::cancelled));
}

// Somebody stops the channel.
void stopped(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto queue = std::move(copier).queue(take_out(buffers.to1), take_out(buffers.from1), take_out(buffers.to2),
                                       take_out(buffers.from2));
  deed::stop_sending();
  const auto outcome =
      std::move(queue).wait_into(copier, buffers.to1, buffers.from1, buffers.to2, buffers.from2);
  FERRY_CHECK(ended_with(outcome, dma::Error::engine_stopped));
}

void all(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  any_lengths(copier, buffers, 60);
  any_lengths(copier, buffers, size);
  refused(copier, buffers);
  ends_early(copier, buffers);
  stopped(copier, buffers);
  const auto plain = copier.copy_and_wait(buffers.to1, buffers.from1, 10);
  FERRY_CHECK(plain && plain->length == 10);
}

void take(Buffers& buffers) {
  auto one = dma_buffers<size>();
  auto two = dma_buffers<size>();
  auto three = dma_buffers<size>();
  buffers.to1 = dma::RxBuffer{std::move(one.rx_memory)};
  buffers.from1 = dma::TxBuffer{std::move(one.tx_memory)};
  buffers.to2 = dma::RxBuffer{std::move(two.rx_memory)};
  buffers.from2 = dma::TxBuffer{std::move(two.tx_memory)};
  buffers.to3 = dma::RxBuffer{std::move(three.rx_memory)};
  buffers.from3 = dma::TxBuffer{std::move(three.tx_memory)};
}

}  // namespace

int main() {
  auto chip = ferry::take();
  dma::Dma dma{std::move(chip.dma)};
  Buffers buffers;
  take(buffers);
  auto [rx_list, tx_list] = dma_descriptors<7>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)),
                     std::move(chip.uhci0)};
  all(copier, buffers);
  auto configured = std::move(copier).release();
  auto released = std::move(configured).release(rx_list, tx_list);
  copier = dma::Copier{std::move(released).configure({.burst = true}, std::move(rx_list), std::move(tx_list)),
                       std::move(chip.aes)};
  all(copier, buffers);
  return check::result();
}
