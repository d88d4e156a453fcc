// Copies that are made longer while they run, whatever the engine is at when it happens: in front of its last
// descriptor, in it, at rest behind it. All parts come back, each with its share of the bytes.
#include "check.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"
#include "moments.hpp"
#include "spi_loopback.hpp"

#include <array>
#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;
using namespace moments;

namespace {

struct Buffers {
  dma::RxBuffer to1, to2, to3;
  dma::TxBuffer from1, from2, from3;
};

// What the halves were at when something was appended: at rest or not.
struct Seen {
  std::uint32_t at_rest = 0, at_work = 0;

  void look() {
    using chip::dma::OutLink;
    ++(mmio::read(chip::dma::base, OutLink::outlink_park) != 0 ? at_rest : at_work);
  }
};
Seen first_append, second_append;

// Three parts, the second and the third of them appended so much later. Making the list longer takes longer
// than copying a hundred bytes, so the length of the first part decides how far that is.
void append_late(dma::Copier& copier FERRY_BORROWS, Buffers& buffers, std::uint32_t length,
                 std::uint32_t first_wait, std::uint32_t second_wait) {
  auto to1 = take_out(buffers.to1);
  auto from1 = take_out(buffers.from1);
  auto to2 = take_out(buffers.to2);
  auto from2 = take_out(buffers.from2);
  auto to3 = take_out(buffers.to3);
  auto from3 = take_out(buffers.from3);
  freshen(to1, from1, 1);
  freshen(to2, from2, 2);
  freshen(to3, from3, 3);
  auto one = std::move(copier).copy(std::move(to1), std::move(from1), length);
  idle(first_wait);
  first_append.look();
  auto two = std::move(one).append(std::move(to2), std::move(from2), 41);
  idle(second_wait);
  second_append.look();
  auto three = std::move(two).append(std::move(to3), std::move(from3));
  const auto outcome = std::move(three).wait_into(copier, to1, from1, to2, from2, to3, from3);
  FERRY_CHECK(outcome && outcome->length == length + 41 + 300);
  if (!outcome) print("{} of {}, {} and {}\n", outcome.error(), length, first_wait, second_wait);
  FERRY_CHECK(holds(to1, length, 1));
  FERRY_CHECK(holds(to2, 41, 2));
  FERRY_CHECK(holds(to3, 300, 3));
  buffers.to1 = std::move(to1);
  buffers.to2 = std::move(to2);
  buffers.to3 = std::move(to3);
  buffers.from1 = std::move(from1);
  buffers.from2 = std::move(from2);
  buffers.from3 = std::move(from3);
}

void ends_early(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto to1 = take_out(buffers.to1);
  auto from1 = take_out(buffers.from1);
  auto to2 = take_out(buffers.to2);
  auto from2 = take_out(buffers.from2);
  for (std::uint32_t wait = 0; wait < 150; wait += 10) {
    freshen(to1, from1, 1);
    freshen(to2, from2, 2);
    auto one = std::move(copier).copy(std::move(to1), std::move(from1));
    auto two = std::move(one).append(std::move(to2), std::move(from2));
    idle(wait);
    const auto outcome = std::move(two).cancel_into(copier, to1, from1, to2, from2);
    FERRY_CHECK_EQUAL(to1.received() + to2.received(), received(outcome));
    FERRY_CHECK(to2.received() == 0 || to1.received() == to1.size());
    FERRY_CHECK(to1.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 1); }) ==
                to1.received());
    to1.fill(untouched);
    to2.fill(untouched);
    delay(20_us);
    FERRY_CHECK_EQUAL(to2.with([](std::span<std::byte> bytes) { return leading(bytes, untouched); }),
                      to2.size());
  }
  buffers.to1 = std::move(to1);
  buffers.to2 = std::move(to2);
  buffers.from1 = std::move(from1);
  buffers.from2 = std::move(from2);
}

// Dropped where no compiler follows it.
void dropped(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  using Two = dma::CopyOf<dma::RxBuffer, dma::TxBuffer, dma::RxBuffer, dma::TxBuffer>;
  auto to1 = take_out(buffers.to1);
  auto from1 = take_out(buffers.from1);
  auto to2 = take_out(buffers.to2);
  auto from2 = take_out(buffers.from2);
  {
    std::optional<Two> place;
    auto copy = std::move(copier).copy(std::move(to1), std::move(from1));
    place.emplace(std::move(copy).append(std::move(to2), std::move(from2)));
  }
  FERRY_CHECK(Two::was_dropped());
  static_cast<void>(Two::recover_into(copier, to1, from1, to2, from2));
  buffers.to1 = std::move(to1);
  buffers.to2 = std::move(to2);
  buffers.from1 = std::move(from1);
  buffers.from2 = std::move(from2);
}

// What cannot be appended is left out, and so is what would come behind it; the rest is well.
void too_long(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  auto to1 = take_out(buffers.to1);
  auto from1 = take_out(buffers.from1);
  auto to2 = take_out(buffers.to2);
  auto from2 = take_out(buffers.from2);
  auto to3 = take_out(buffers.to3);
  auto from3 = take_out(buffers.from3);
  freshen(to1, from1, 1);
  freshen(to2, from2, 2);
  freshen(to3, from3, 3);
  auto copy = std::move(copier)
                  .copy(std::move(to1), std::move(from1), 50)
                  .append(std::move(to2), std::move(from2), 1000)
                  .append(std::move(to3), std::move(from3), 10);
  const auto outcome = std::move(copy).wait_into(copier, to1, from1, to2, from2, to3, from3);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::length_beyond_buffer);
  FERRY_CHECK_EQUAL(received(outcome), 50u);
  FERRY_CHECK(holds(to1, 50, 1) && holds(to2, 0, 2) && holds(to3, 0, 3));
  buffers.to1 = std::move(to1);
  buffers.to2 = std::move(to2);
  buffers.to3 = std::move(to3);
  buffers.from1 = std::move(from1);
  buffers.from2 = std::move(from2);
  buffers.from3 = std::move(from3);
}

// Of four descriptors each way three are taken by what comes in three pieces.
using Three = dma::Scatter<dma::RxBuffer, dma::RxBuffer, dma::RxBuffer>;
using FromThree = dma::Gather<dma::TxBuffer, dma::TxBuffer, dma::TxBuffer>;

void one_too_many(dma::Copier& copier FERRY_BORROWS, Three& to FERRY_BORROWS, FromThree& from FERRY_BORROWS,
                  Buffers& more) {
  auto to4 = take_out(more.to1);
  auto from4 = take_out(more.from1);
  auto to5 = take_out(more.to2);
  auto from5 = take_out(more.from2);
  auto longer =
      std::move(copier).copy(std::move(to), std::move(from)).append(std::move(to4), std::move(from4));
  auto full = std::move(longer).append(std::move(to5), std::move(from5));
  const auto outcome = std::move(full).wait_into(copier, to, from, to4, from4, to5, from5);
  FERRY_CHECK(!outcome && outcome.error() == dma::Error::too_few_descriptors);
  FERRY_CHECK(to4.received() == 200 && to5.received() == 0);
  more.to1 = std::move(to4);
  more.from1 = std::move(from4);
  more.to2 = std::move(to5);
  more.from2 = std::move(from5);
}
void too_many(dma::Copier& copier FERRY_BORROWS, Buffers& buffers, Buffers& more) {
  auto to = dma::scatter(take_out(buffers.to1), take_out(buffers.to2), take_out(buffers.to3));
  auto from = dma::gather(take_out(buffers.from1), take_out(buffers.from2), take_out(buffers.from3));
  one_too_many(copier, to, from, more);
  std::move(to).release_into(buffers.to1, buffers.to2, buffers.to3);
  std::move(from).release_into(buffers.from1, buffers.from2, buffers.from3);
}

// To a copy that could not start nothing is appended, and an empty one begins with what is.
void behind_nothing(dma::Copier& copier FERRY_BORROWS, Buffers& more) {
  auto to4 = take_out(more.to1);
  auto from4 = take_out(more.from1);
  auto to5 = take_out(more.to2);
  auto from5 = take_out(more.from2);
  auto impossible = std::move(copier).copy(std::move(to4), std::move(from4), 1000);
  auto longer = std::move(impossible).append(std::move(to5), std::move(from5));
  const auto failed = std::move(longer).wait_into(copier, to4, from4, to5, from5);
  FERRY_CHECK(!failed && failed.error() == dma::Error::length_beyond_buffer && to5.received() == 0);
  auto empty = std::move(copier).copy(std::move(to4), std::move(from4), 0);
  auto begun = std::move(empty).append(std::move(to5), std::move(from5));
  const auto outcome = std::move(begun).wait_into(copier, to4, from4, to5, from5);
  FERRY_CHECK(outcome && outcome->length == 10 && to4.received() == 0 && to5.received() == 10);
}

void refused(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  too_long(copier, buffers);
  auto first = dma_buffers<200>();
  auto second = dma_buffers<10>();
  Buffers more;
  more.to1 = dma::RxBuffer{std::move(first.rx_memory)};
  more.from1 = dma::TxBuffer{std::move(first.tx_memory)};
  more.to2 = dma::RxBuffer{std::move(second.rx_memory)};
  more.from2 = dma::TxBuffer{std::move(second.tx_memory)};
  too_many(copier, buffers, more);
  behind_nothing(copier, more);
}

void all(dma::Copier& copier FERRY_BORROWS, Buffers& buffers) {
  first_append = second_append = {};
  // Cycle by cycle before the end of the first part, in it and behind it, in either append.
  for (std::uint32_t length = 1; length < 1400; ++length) append_late(copier, buffers, length, 0, 0);
  for (std::uint32_t wait = 0; wait < 300; wait += 3) append_late(copier, buffers, 100, wait, 0);
  for (std::uint32_t wait = 0; wait < 300; wait += 3) append_late(copier, buffers, 100, 0, wait);
  append_late(copier, buffers, 4, 5000, 5000);
  FERRY_CHECK(first_append.at_work > 50 && first_append.at_rest > 50);
  FERRY_CHECK(second_append.at_work > 50 && second_append.at_rest > 50);
  ends_early(copier, buffers);
  dropped(copier, buffers);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto one = dma_buffers<1400>();
  auto two = dma_buffers<200>();
  auto three = dma_buffers<300>();
  Buffers buffers;
  buffers.to1 = dma::RxBuffer{std::move(one.rx_memory)};
  buffers.from1 = dma::TxBuffer{std::move(one.tx_memory)};
  buffers.to2 = dma::RxBuffer{std::move(two.rx_memory)};
  buffers.from2 = dma::TxBuffer{std::move(two.tx_memory)};
  buffers.to3 = dma::RxBuffer{std::move(three.rx_memory)};
  buffers.from3 = dma::TxBuffer{std::move(three.tx_memory)};
  auto [rx_list, tx_list] = dma_descriptors<4>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(rx_list), std::move(tx_list)),
                     std::move(chip.uhci0)};
  all(copier, buffers);
  refused(copier, buffers);

  auto configured = std::move(copier).release();
  auto released = std::move(configured).release(rx_list, tx_list);
  copier = dma::Copier{std::move(released).configure({.burst = true, .auto_write_back = true},
                                                     std::move(rx_list), std::move(tx_list)),
                       std::move(chip.aes)};
  all(copier, buffers);
  return check::result();
}
