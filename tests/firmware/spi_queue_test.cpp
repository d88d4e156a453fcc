// run: --wire GPIO4:GPIO2
// Queues: buffers that are exchanged in a loop while SPI is at others. With MISO on MOSI, what a buffer
// received is what was on the wire; bus_recorder.hpp sees the same from outside.
#include "bus_recorder.hpp"
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "moments.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using namespace moments;

namespace {

constexpr std::uint32_t size = 5000;

struct Buffers {
  dma::RxBuffer rx1, rx2, rx3;
  dma::TxBuffer tx1, tx2, tx3;
};

void fill(dma::TxBuffer& tx FERRY_BORROWS, std::uint32_t round) {
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
}
bool arrived(dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t length, std::uint32_t round) {
  return rx.received() == length && rx.with([&](std::span<std::byte> bytes) {
    const std::uint32_t ends = length + 3 < size ? length + 3 : size;  // a burst completes its last word
    return matching(bytes.first(length), round) == length &&
           leading(bytes.subspan(ends), untouched) == size - ends;
  });
}

// Lengths and moments of any kind: descriptors go around the list's end at any place, the bus is at any
// buffer, or at rest.
void any_lengths(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  auto rx3 = take_out(buffers.rx3);
  auto tx1 = take_out(buffers.tx1);
  auto tx2 = take_out(buffers.tx2);
  auto tx3 = take_out(buffers.tx3);
  rx1.fill(untouched);
  rx2.fill(untouched);
  fill(tx1, 0);
  fill(tx2, 1);
  Numbers numbers;
  std::array<std::uint32_t, 3> lengths{size, size, 0};
  auto queue = spi::queue(std::move(spi), std::move(rx1), std::move(tx1), std::move(rx2), std::move(tx2));
  std::uint32_t round = 2;
  for (; round < 150; ++round) {
    const std::uint32_t length = numbers.below(8) == 0   ? 0
                                 : numbers.below(2) == 0 ? numbers.below(size) + 1
                                                         : numbers.below(9);
    lengths[round % 3] = length;
    rx3.fill(untouched);
    fill(tx3, round);
    delay(Duration::microseconds(numbers.below(4) == 0 ? numbers.below(1200) : 0));
    const auto outcome = queue.exchange(rx3, tx3, length);
    const std::uint32_t expected = lengths[(round - 2) % 3];
    FERRY_CHECK(outcome && outcome->length == expected && arrived(rx3, expected, round - 2));
    if (!outcome) {
      print("round {}: {}\n", round, outcome.error());
      break;
    }
  }
  const std::uint32_t left = lengths[(round - 2) % 3], last = lengths[(round - 1) % 3];
  const auto outcome = std::move(queue).wait_into(spi, rx1, tx1, rx2, tx2);
  FERRY_CHECK(outcome && outcome->length == left + last && arrived(rx1, left, round - 2) &&
              arrived(rx2, last, round - 1));
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.rx3 = std::move(rx3);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
  buffers.tx3 = std::move(tx3);
}

// What is wrong with a buffer is told, and the queue goes on; so it does behind a deadline.
void refused(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  auto rx3 = take_out(buffers.rx3);
  rx1.fill(untouched);
  rx2.fill(untouched);
  rx3.fill(untouched);
  auto queue = spi::queue(std::move(spi), std::move(rx1), std::move(rx2));
  FERRY_CHECK(!queue.can_exchange() && !queue.is_done());
  FERRY_CHECK(ended_with(queue.exchange(rx3, 100, Deadline::after(100_us)), dma::Error::timed_out));
  FERRY_CHECK(rx3[0] == untouched);
  FERRY_CHECK(ended_with(queue.exchange(rx3, size + 1), dma::Error::length_beyond_buffer));
  FERRY_CHECK(rx3[0] == untouched && queue.can_exchange());
  FERRY_CHECK_EQUAL(received(queue.exchange(rx3, 100)), size);
  FERRY_CHECK(rx3.received() == size && rx3[size - 1] == 0_b);
  const auto outcome = std::move(queue).wait_into(spi, rx1, rx2);
  FERRY_CHECK(outcome && outcome->length == size + 100 && rx1.received() == size && rx2.received() == 100);
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.rx3 = std::move(rx3);
}

// At any moment; the driver works at once.
void early_ends(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  auto rx3 = take_out(buffers.rx3);
  for (const std::uint32_t microseconds : {0u, 100u, 990u, 1010u, 1500u, 2500u}) {
    rx1.fill(untouched);
    rx2.fill(untouched);
    auto queue = spi::queue(std::move(spi), std::move(rx1), std::move(rx2));
    FERRY_CHECK(queue.exchange(rx3, 3000).has_value());
    const auto outcome =
        std::move(queue).wait_into(spi, rx1, rx2, Deadline::after(Duration::microseconds(microseconds)));
    FERRY_CHECK(microseconds == 2500 ? outcome.has_value() : ended_with(outcome, dma::Error::timed_out));
    FERRY_CHECK_EQUAL(rx1.received() + rx2.received(), received(outcome));
    FERRY_CHECK(rx2.received() == 0 || rx1.received() == size);
    FERRY_CHECK(microseconds != 1500 || rx2.received() > 2000);
  }
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.rx3 = std::move(rx3);
}

// What was sent for certain when it ends: the buffers that are over, at least.
void early_end_of_writes(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto tx1 = take_out(buffers.tx1);
  auto tx2 = take_out(buffers.tx2);
  auto tx3 = take_out(buffers.tx3);
  auto queue = spi::queue(std::move(spi), std::move(tx1), std::move(tx2));
  FERRY_CHECK(queue.exchange(tx3).has_value());
  while (!queue.can_exchange()) {
  }
  const auto outcome = std::move(queue).cancel_into(spi, tx1, tx2);
  FERRY_CHECK(ended_with(outcome, dma::Error::cancelled));
  FERRY_CHECK(received(outcome) >= size && received(outcome) < size + 300);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
  buffers.tx3 = std::move(tx3);
}

using Reads = spi::QueueOf<dma::RxBuffer, dma::RxBuffer>;

void dropped(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  {
    std::optional<Reads> place;
    place.emplace(spi::queue(std::move(spi), std::move(rx1), std::move(rx2)));
    delay(1200_us);
    place->keep_going();
    delay(100_us);
  }
  FERRY_CHECK(Reads::was_dropped());
  FERRY_CHECK(ended_with(Reads::recover_into(spi, rx1, rx2), dma::Error::cancelled));
  FERRY_CHECK(rx1.received() == size && rx2.received() > 100 && rx2.received() < 1000);
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
}

// Started with what cannot be: everything comes back.
void impossible(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  auto more = dma_buffers<4>();
  dma::TxBuffer small{std::move(more.tx_memory)};
  auto tx2 = take_out(buffers.tx2);
  auto queue = spi::queue(std::move(spi), std::move(rx1), std::move(small), std::move(rx2), std::move(tx2));
  FERRY_CHECK(queue.is_done() && queue.can_exchange());
  const auto outcome = std::move(queue).wait_into(spi, rx1, small, rx2, tx2);
  FERRY_CHECK(ended_with(outcome, dma::Error::lengths_differ) && rx1.received() == 0);
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.tx2 = std::move(tx2);
}

// Longer than SPI can do at once, in place.
void long_in_place(spi::MasterDma& spi FERRY_BORROWS) {
  constexpr std::uint32_t length = 40'000;
  auto [memory1, rx_list1, tx_list1] = dma_buffer_in_place<length>();
  auto [memory2, rx_list2, tx_list2] = dma_buffer_in_place<length>();
  auto [memory3, rx_list3, tx_list3] = dma_buffer_in_place<length>();
  dma::InPlaceBuffer one{std::move(memory1)}, two{std::move(memory2)}, three{std::move(memory3)};
  one.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 0); });
  two.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 1); });
  three.with([](std::span<std::byte> bytes) { fill_pattern(bytes, 2); });
  auto queue = spi::queue(std::move(spi), std::move(one), std::move(two));
  for (std::uint32_t round = 3; round < 6; ++round) {
    FERRY_CHECK(queue.exchange(three).has_value());
    FERRY_CHECK_EQUAL(
        three.with_received([&](std::span<const std::byte> bytes) { return matching(bytes, round - 3); }),
        length);
    three.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
  }
  const auto outcome = std::move(queue).wait_into(spi, one, two);
  FERRY_CHECK(outcome && outcome->length == 2 * length);
  FERRY_CHECK(two.with([](std::span<std::byte> bytes) { return matching(bytes, 4); }) == length);
}

// Every bit as it leaves, and chip select.
void on_the_wire(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers, bool holds) {
  auto tx1 = take_out(buffers.tx1);
  auto tx2 = take_out(buffers.tx2);
  auto tx3 = take_out(buffers.tx3);
  fill(tx1, 0);
  fill(tx2, 0);
  fill(tx3, 0);
  bus::start_over();
  if (holds) spi.hold_cs();
  static constexpr std::uint32_t lengths[] = {3, 20, 1, 11, 2};
  // Nothing but what exchange() is told: two of no bytes begin.
  auto a = dma::gather(std::move(tx1));
  auto b = dma::gather(std::move(tx2));
  auto c = dma::gather(std::move(tx3));
  a.use<0>(0, 0);
  b.use<0>(0, 0);
  auto queue = spi::queue(std::move(spi), std::move(a), std::move(b));
  std::uint32_t total = 0;
  for (const std::uint32_t length : lengths) {
    c.use<0>(total, length);
    FERRY_CHECK(queue.exchange(c).has_value());
    total += length;
  }
  FERRY_CHECK(std::move(queue).wait_into(spi, a, b).has_value());
  spi.release_cs();
  delay(100_us);
  std::move(a).release_into(tx1);
  std::move(b).release_into(tx2);
  std::move(c).release_into(tx3);
  FERRY_CHECK_EQUAL(bus::clocks, total * 8);
  FERRY_CHECK_EQUAL(bus::selected[bus::cs0], holds ? 1u : 5u);
  std::uint32_t wrong = 0;
  for (std::uint32_t bit = 0; bit < total * 8; ++bit) {
    const auto byte = std::to_integer<std::uint32_t>(pattern(bit / 8, 0));
    if ((bus::samples[bit] & 1) != (byte >> (7 - bit % 8) & 1)) ++wrong;
  }
  FERRY_CHECK_EQUAL(wrong, 0u);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
  buffers.tx3 = std::move(tx3);
}

// An interrupt keeps the bus going while the program does something else.
std::optional<Reads>* listening = nullptr;
void by_interrupt(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto rx2 = take_out(buffers.rx2);
  static std::optional<Reads> place;
  listening = &place;
  place.emplace(spi::queue(std::move(spi), std::move(rx1), std::move(rx2)));
  interrupt::attach(interrupt::Source::spi2, 1, [] { (*listening)->keep_going(); });
  place->listen();
  delay(2200_us);  // a millisecond each
  interrupt::detach(interrupt::Source::spi2);
  const Instant start = time::now();
  const auto outcome = std::move(*place).wait_into(spi, rx1, rx2);
  FERRY_CHECK(outcome && outcome->length == 2 * size && time::now() - start < 50_us);
  place.reset();
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
}

void all(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  any_lengths(spi, buffers);
  refused(spi, buffers);
  early_ends(spi, buffers);
  early_end_of_writes(spi, buffers);
  dropped(spi, buffers);
  by_interrupt(spi, buffers);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto one = dma_buffers<size>();
  auto two = dma_buffers<size>();
  auto three = dma_buffers<size>();
  Buffers buffers;
  buffers.rx1 = dma::RxBuffer{std::move(one.rx_memory)};
  buffers.tx1 = dma::TxBuffer{std::move(one.tx_memory)};
  buffers.rx2 = dma::RxBuffer{std::move(two.rx_memory)};
  buffers.tx2 = dma::TxBuffer{std::move(two.tx_memory)};
  buffers.rx3 = dma::RxBuffer{std::move(three.rx_memory)};
  buffers.tx3 = dma::TxBuffer{std::move(three.tx_memory)};
  // Two descriptors for each buffer: three of them, and what may be left over at the end of the list.
  auto [rx_list, tx_list] = dma_descriptors<7, 7>();
  auto channel = std::move(dma.channel0);
  auto configured = std::move(channel).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = make_master(chip, {.frequency = 40_MHz}).with_dma(std::move(configured));
  all(spi, buffers);
  impossible(spi, buffers);
  spi.apply_config({.frequency = 50_kHz});
  bus::record(std::array{bus::sck, bus::cs0});
  on_the_wire(spi, buffers, false);
  on_the_wire(spi, buffers, true);
  interrupt::detach(interrupt::Source::gpio);

  auto [long_rx_list, long_tx_list] = dma_descriptors<30, 30>();
  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_list, tx_list);
  configured =
      std::move(released).configure({.burst = true}, std::move(long_rx_list), std::move(long_tx_list));
  spi = std::move(master).with_dma(std::move(configured));
  spi.apply_config({.frequency = 40_MHz});
  all(spi, buffers);
  long_in_place(spi);
  return check::result();
}
