// run: --wire GPIO4:GPIO2
// Writes and reads that are made longer while they run: longer than SPI can do at once, behind their end,
// behind nothing; what cannot be appended; ends before the end. Which bytes pass, the random operations show.
#include "check.hpp"
#include "ferry/ferry.hpp"
#include "spi_loopback.hpp"

#include <cstdint>
#include <optional>

using namespace ferry;
using namespace ferry::literals;
using namespace loopback;

namespace {

bool zeros(const dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t length) {
  return rx.received() == length &&
         rx.with_received([](std::span<const std::byte> bytes) { return leading(bytes, 0_b); }) == length;
}

// Borders of pieces, of descriptors and of parts fall on different bytes.
void long_parts(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                dma::RxBuffer& b FERRY_BORROWS, std::uint32_t first, Duration pause) {
  a.fill(untouched);
  b.fill(untouched);
  auto one = std::move(spi).read(std::move(a), first);
  delay(pause);
  auto two = std::move(one).append(std::move(b), 33'003);
  const auto outcome = std::move(two).wait_into(spi, a, b);
  FERRY_CHECK(outcome && outcome->length == first + 33'003);
  if (!outcome) print("{}, {} bytes\n", outcome.error(), received(outcome));
  FERRY_CHECK(zeros(a, first) && a[first] == untouched);
  FERRY_CHECK(zeros(b, 33'003) && b[33'004] == untouched);
}

void early_ends(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                dma::RxBuffer& b FERRY_BORROWS) {
  // At 20 MHz a byte takes 0.4 us.
  for (const std::uint32_t microseconds : {0u, 20u, 900u, 1500u}) {
    auto two = std::move(spi).read(std::move(a), 2000).append(std::move(b), 4000);
    const auto outcome =
        std::move(two).wait_into(spi, a, b, Deadline::after(Duration::microseconds(microseconds)));
    FERRY_CHECK(ended_with(outcome, dma::Error::timed_out));
    FERRY_CHECK_EQUAL(a.received() + b.received(), received(outcome));
    FERRY_CHECK((b.received() == 0 || a.received() == 2000) && (microseconds < 900 || b.received() > 100));
  }
}

void dropped(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
             dma::RxBuffer& b FERRY_BORROWS) {
  using Two = spi::TransferOf<dma::RxBuffer, dma::RxBuffer>;
  {
    std::optional<Two> place;
    place.emplace(std::move(spi).read(std::move(a), 2000).append(std::move(b), 4000));
    delay(100_us);
  }
  FERRY_CHECK(Two::was_dropped());
  FERRY_CHECK(ended_with(Two::recover_into(spi, a, b), dma::Error::cancelled));
  FERRY_CHECK(a.received() > 100 && b.received() == 0);
}

// Phases without data go first; behind them the channel begins.
void behind_phases(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                   dma::RxBuffer& b FERRY_BORROWS) {
  const auto phases = std::move(spi)
                          .half_duplex_read({.command = {0x9F, 8}}, std::move(a), 0)
                          .append(std::move(b), 10)
                          .wait_into(spi, a, b);
  FERRY_CHECK(phases && phases->length == 10 && zeros(b, 10));
}

void behind_nothing(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                    dma::RxBuffer& b FERRY_BORROWS) {
  // A failure to append was told once.
  FERRY_CHECK(
      std::move(spi).read(std::move(a), 10).append(std::move(b), 10).wait_into(spi, a, b).has_value());
  const auto begun = std::move(spi).read(std::move(a), 0).append(std::move(b), 10).wait_into(spi, a, b);
  FERRY_CHECK(begun && begun->length == 10 && zeros(a, 0) && zeros(b, 10));
}

// `c` has 100 bytes.
void behind_failure(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& b FERRY_BORROWS,
                    dma::RxBuffer& c FERRY_BORROWS) {
  const auto failed = std::move(spi).read(std::move(c), 101).append(std::move(b), 10).wait_into(spi, c, b);
  FERRY_CHECK(ended_with(failed, dma::Error::length_beyond_buffer) && zeros(b, 0));
}

void left_out(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
              dma::RxBuffer& b FERRY_BORROWS) {
  auto more = dma_buffers<100>();
  dma::RxBuffer c{std::move(more.rx_memory)};
  // What is too long, and what comes behind it.
  const auto hole = std::move(spi)
                        .read(std::move(a), 10)
                        .append(std::move(c), 101)
                        .append(std::move(b), 10)
                        .wait_into(spi, a, c, b);
  FERRY_CHECK(ended_with(hole, dma::Error::length_beyond_buffer));
  FERRY_CHECK(zeros(a, 10) && zeros(b, 0) && zeros(c, 0));
  behind_failure(spi, b, c);
}

void with_burst(spi::MasterDma& spi FERRY_BORROWS, dma::RxBuffer& a FERRY_BORROWS,
                dma::RxBuffer& b FERRY_BORROWS) {
  const auto odd = std::move(spi).read(std::move(a), 10).append(std::move(b), 10).wait_into(spi, a, b);
  FERRY_CHECK(ended_with(odd, dma::Error::misaligned) && zeros(a, 10));
  const auto even = std::move(spi).read(std::move(a), 12).append(std::move(b), 10).wait_into(spi, a, b);
  FERRY_CHECK(even && even->length == 22 && zeros(a, 12) && zeros(b, 10));
  long_parts(spi, a, b, 40'000, 0_us);
}

// Three descriptors for three buffers of constants.
void writes(spi::MasterDma& spi FERRY_BORROWS) {
  static constexpr std::array<std::byte, 100> bytes{};
  auto a = dma::ConstSource::of<bytes>();
  auto b = a;
  auto c = a;
  auto d = a;
  const Instant start = time::now();
  const auto three = std::move(spi)
                         .write(std::move(a))
                         .append(std::move(b))
                         .append(std::move(c), 50)
                         .wait_into(spi, a, b, c);
  FERRY_CHECK(three.has_value() && time::now() - start > 100_us);
  const auto four = std::move(spi)
                        .write(std::move(a))
                        .append(std::move(b))
                        .append(std::move(c))
                        .append(std::move(d))
                        .wait_into(spi, a, b, c, d);
  FERRY_CHECK(ended_with(four, dma::Error::too_few_descriptors));
}

// What came before was over, so it has left.
void ended_write(spi::MasterDma& spi FERRY_BORROWS) {
  static constexpr std::array<std::byte, 100> bytes{};
  auto a = dma::ConstSource::of<bytes>();
  auto b = a;
  auto one = std::move(spi).write(std::move(a));
  while (!one.is_done()) {
  }
  const auto two = std::move(one).append(std::move(b)).cancel_into(spi, a, b);
  FERRY_CHECK(ended_with(two, dma::Error::cancelled));
  FERRY_CHECK_EQUAL(received(two), 100u);
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto first = dma_buffers<50'000, 1>();
  auto second = dma_buffers<40'000, 1>();
  dma::RxBuffer a{std::move(first.rx_memory)};
  dma::RxBuffer b{std::move(second.rx_memory)};
  auto [rx_list, tx_list] = dma_descriptors<32, 3>();
  auto channel = std::move(dma.channel0);
  auto configured = std::move(channel).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = make_master(chip, {.frequency = 20_MHz}).with_dma(std::move(configured));
  long_parts(spi, a, b, 40'001, 0_us);
  long_parts(spi, a, b, 40'001, 14_ms);  // in the last piece
  long_parts(spi, a, b, 40'001, 20_ms);  // behind it, and nobody has looked
  early_ends(spi, a, b);
  dropped(spi, a, b);
  left_out(spi, a, b);
  behind_nothing(spi, a, b);
  behind_phases(spi, a, b);
  writes(spi);
  ended_write(spi);

  auto master = std::move(spi).without_dma(configured);
  auto released = std::move(configured).release(rx_list, tx_list);
  configured = std::move(released).configure({.burst = true}, std::move(rx_list), std::move(tx_list));
  spi = std::move(master).with_dma(std::move(configured));
  with_burst(spi, a, b);
  return check::result();
}
