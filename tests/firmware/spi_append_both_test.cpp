// run: --wire GPIO4:GPIO2
// Full duplex that is made longer while it runs: both lists, in one piece of SPI and across several, in the
// middle of the first part, at its end and behind it. What was sent comes back byte for byte, each part in
// its place.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

struct Buffers {
  dma::RxBuffer rx1, rx2, rx3;
  dma::TxBuffer tx1, tx2, tx3;
};

struct Lengths {
  std::uint32_t first, second, third;
};

void freshen_all(Buffers& buffers) {
  freshen(buffers.rx1, buffers.tx1, 1);
  freshen(buffers.rx2, buffers.tx2, 2);
  freshen(buffers.rx3, buffers.tx3, 3);
}

void three(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers, Lengths lengths, Duration pause) {
  freshen_all(buffers);
  auto one = std::move(spi).transfer(take_out(buffers.rx1), take_out(buffers.tx1),
                                     {.rx_length = lengths.first, .tx_length = lengths.first});
  delay(pause);
  auto two = std::move(one).append(take_out(buffers.rx2), take_out(buffers.tx2), lengths.second);
  delay(pause);
  auto all = std::move(two).append(take_out(buffers.rx3), take_out(buffers.tx3), lengths.third);
  const auto outcome = std::move(all).wait_into(spi, buffers.rx1, buffers.tx1, buffers.rx2, buffers.tx2,
                                                buffers.rx3, buffers.tx3);
  const bool well = outcome && outcome->length == lengths.first + lengths.second + lengths.third &&
                    holds(buffers.rx1, lengths.first, 1) && holds(buffers.rx2, lengths.second, 2) &&
                    holds(buffers.rx3, lengths.third, 3);
  FERRY_CHECK(well);
  if (!well) print("{}, {}, {}: {}\n", lengths.first, lengths.second, lengths.third, received(outcome));
}

void early_ends(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto tx1 = take_out(buffers.tx1);
  auto rx2 = take_out(buffers.rx2);
  auto tx2 = take_out(buffers.tx2);
  // At 40 MHz a byte takes 0.2 us.
  for (const std::uint32_t microseconds : {0u, 20u, 300u}) {
    freshen(rx1, tx1, 1);
    freshen(rx2, tx2, 2);
    auto both = std::move(spi)
                    .transfer(std::move(rx1), std::move(tx1), {.rx_length = 1000, .tx_length = 1000})
                    .append(std::move(rx2), std::move(tx2), 2000);
    const auto outcome = std::move(both).wait_into(spi, rx1, tx1, rx2, tx2,
                                                   Deadline::after(Duration::microseconds(microseconds)));
    FERRY_CHECK(ended_with(outcome, dma::Error::timed_out));
    FERRY_CHECK_EQUAL(rx1.received() + rx2.received(), received(outcome));
    FERRY_CHECK((rx2.received() == 0 || rx1.received() == 1000) &&
                (microseconds < 300 || rx2.received() > 100));
    FERRY_CHECK(rx2.with_received([](std::span<const std::byte> bytes) { return matching(bytes, 2); }) ==
                rx2.received());
  }
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
}

using Two = spi::TransferOf<dma::RxBuffer, dma::TxBuffer, dma::RxBuffer, dma::TxBuffer>;

// What was there is done, and the rest left out.
void unequal(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto tx1 = take_out(buffers.tx1);
  auto rx2 = take_out(buffers.rx2);
  auto tx2 = take_out(buffers.tx2);
  for (const dma::Lengths lengths :
       {dma::Lengths{20, 10}, dma::Lengths{10, 20}, dma::Lengths{20, 0}, dma::Lengths{0, 20}}) {
    freshen(rx1, tx1, 1);
    freshen(rx2, tx2, 2);
    auto both = std::move(spi)
                    .transfer(std::move(rx1), std::move(tx1), lengths)
                    .append(std::move(rx2), std::move(tx2), 5);
    const auto outcome = std::move(both).wait_into(spi, rx1, tx1, rx2, tx2);
    FERRY_CHECK(ended_with(outcome, dma::Error::lengths_differ));
    FERRY_CHECK(holds(rx2, 0, 2) && rx1.received() == lengths.rx_length);
  }
  // Two buffers that are not of one size, where no length says how much of them.
  const auto outcome = std::move(spi)
                           .transfer(std::move(rx2), std::move(tx1), {.rx_length = 10, .tx_length = 10})
                           .append(std::move(rx1), std::move(tx2))
                           .wait_into(spi, rx2, tx1, rx1, tx2);
  FERRY_CHECK(ended_with(outcome, dma::Error::lengths_differ) && holds(rx2, 10, 1));
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
}

void behind_nothing_and_dropped(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  auto rx1 = take_out(buffers.rx1);
  auto tx1 = take_out(buffers.tx1);
  auto rx2 = take_out(buffers.rx2);
  auto tx2 = take_out(buffers.tx2);
  freshen(rx1, tx1, 1);
  freshen(rx2, tx2, 2);
  const auto begun = std::move(spi)
                         .transfer(std::move(rx1), std::move(tx1), {.rx_length = 0, .tx_length = 0})
                         .append(std::move(rx2), std::move(tx2), 100)
                         .wait_into(spi, rx1, tx1, rx2, tx2);
  FERRY_CHECK(begun && begun->length == 100 && holds(rx1, 0, 1) && holds(rx2, 100, 2));
  {
    std::optional<Two> place;
    place.emplace(std::move(spi)
                      .transfer(std::move(rx1), std::move(tx1), {.rx_length = 1000, .tx_length = 1000})
                      .append(std::move(rx2), std::move(tx2), 1000));
    delay(50_us);
  }
  FERRY_CHECK(Two::was_dropped());
  FERRY_CHECK(ended_with(Two::recover_into(spi, rx1, tx1, rx2, tx2), dma::Error::cancelled));
  FERRY_CHECK(rx1.received() > 100 && rx1.received() < 1000 && rx2.received() == 0);
  buffers.rx1 = std::move(rx1);
  buffers.rx2 = std::move(rx2);
  buffers.tx1 = std::move(tx1);
  buffers.tx2 = std::move(tx2);
}

void all(spi::MasterDma& spi FERRY_BORROWS, Buffers& buffers) {
  for (std::uint32_t length = 4; length < 300; length += 12) three(spi, buffers, {length, 40, 101}, 0_us);
  three(spi, buffers, {100, 4, 1}, 100_us);
  three(spi, buffers, {32'736, 1000, 30'000}, 0_us);
  three(spi, buffers, {40'000, 33'000, 30'000}, 0_us);
  three(spi, buffers, {40'000, 33'000, 30'000}, 8_ms);  // behind the end of what comes before
  early_ends(spi, buffers);
  unequal(spi, buffers);
  behind_nothing_and_dropped(spi, buffers);
}

void take(Buffers& buffers) {
  auto one = dma_buffers<40'000>();
  auto two = dma_buffers<33'000>();
  auto three = dma_buffers<30'000>();
  buffers.rx1 = dma::RxBuffer{std::move(one.rx_memory)};
  buffers.tx1 = dma::TxBuffer{std::move(one.tx_memory)};
  buffers.rx2 = dma::RxBuffer{std::move(two.rx_memory)};
  buffers.tx2 = dma::TxBuffer{std::move(two.tx_memory)};
  buffers.rx3 = dma::RxBuffer{std::move(three.rx_memory)};
  buffers.tx3 = dma::TxBuffer{std::move(three.tx_memory)};
}

void with_burst(spi::MasterDma spi FERRY_TAKES_LIVE, Buffers& buffers) {
  dma::ConfiguredChannel configured;
  auto master = std::move(spi).without_dma(configured);
  dma::RxDescriptors rx_list;
  dma::TxDescriptors tx_list;
  auto released = std::move(configured).release(rx_list, tx_list);
  configured = std::move(released).configure({.burst = true, .auto_write_back = true}, std::move(rx_list),
                                             std::move(tx_list));
  spi = std::move(master).with_dma(std::move(configured));
  all(spi, buffers);
}

}  // namespace

int main() {
  auto chip = ferry::take();
  dma::Dma dma{std::move(chip.dma)};
  Buffers buffers;
  take(buffers);
  auto [rx_list, tx_list] = dma_descriptors<40, 32>();
  auto channel = std::move(dma.channel0);
  auto configured = std::move(channel).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = make_master(chip, {.frequency = 40_MHz}).with_dma(std::move(configured));
  all(spi, buffers);
  with_burst(std::move(spi), buffers);
  return check::result();
}
