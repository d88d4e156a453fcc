// run: --wire GPIO4:GPIO2 --wire GPIO0:GPIO6
// A stream that is stopped: nothing goes on the wire any more, and what it tells of bytes sent, received and
// lost is what was counted at the pins.
#include "tests/conformance/edge_counter.hpp"
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

constexpr std::array<std::byte, 1024> bytes{};

struct Parts {
  spi::MasterDma spi;
  dma::RxStream rx;
  dma::TxStream tx;
};

// The second chunk was pushed while the first was under way, and nobody has called since.
void rests(Parts& parts, EdgeCounter& clock) {
  clock.take();
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.tx));
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(64)), 64u);
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(64)), 64u);
  delay(10_ms);  // 64 bytes are 5.12 ms
  FERRY_CHECK_EQUAL(clock.take()[0], 64u * 8);
  FERRY_CHECK_EQUAL(stream.sent(), 64u);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.tx);
  delay(1_ms);
  FERRY_CHECK_EQUAL(clock.take()[0], 0u);
  FERRY_CHECK(outcome.has_value() && outcome->length == 64);
}

// In the middle no register counts: what is told has left, and a chunk and 128 bytes more at the most.
void in_the_middle(Parts& parts, EdgeCounter& clock) {
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.tx));
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(512)), 512u);
  FERRY_CHECK_EQUAL(stream.sent(), 0u);
  delay(15_ms);
  const std::uint32_t sent = stream.sent();
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(384)), 384u);
  FERRY_CHECK(!stream.drain(Deadline::after(35_ms)));
  FERRY_CHECK(stream.sent() > sent);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.tx);
  const std::uint32_t clocked = clock.take()[0] / 8;
  FERRY_CHECK(outcome.has_value() && outcome->length >= 64 + 1);
  FERRY_CHECK(outcome.has_value() && outcome->length <= clocked && clocked - outcome->length <= 64 + 128);
}

// An ended piece, and one that is stopped in the middle with no place for most of it.
void loses(Parts& parts, EdgeCounter& clock, Duration time) {
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.rx), spi::WhenFull::lose);
  delay(time);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.rx);
  const std::uint32_t clocked = clock.take()[0] / 8;
  FERRY_CHECK(outcome.has_value());
  const auto counted = static_cast<std::uint32_t>(dma::received(outcome) + parts.rx.lost());
  FERRY_CHECK(counted <= clocked && clocked - counted <= 1);
  FERRY_CHECK_EQUAL(parts.rx.lost() != 0, clocked > 256);
  FERRY_CHECK_EQUAL(parts.rx.available(), dma::received(outcome));
  parts.rx.clear();
}

// Places that were given back in time again make nothing less of what was lost.
void loses_and_goes_on(Parts& parts, EdgeCounter& clock) {
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.rx), spi::WhenFull::lose);
  std::array<std::byte, 256> popped;
  delay(50_ms);
  FERRY_CHECK_EQUAL(stream.pop(popped), 256u);
  delay(5_ms);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.rx);
  const std::uint32_t clocked = clock.take()[0] / 8;
  const auto counted = static_cast<std::uint32_t>(dma::received(outcome) + parts.rx.lost());
  FERRY_CHECK(parts.rx.lost() > 200);
  FERRY_CHECK(counted <= clocked && clocked - counted <= 1);
  parts.rx.clear();
}

// Without a loss there is none to be told, and the one before is forgotten.
void pauses(Parts& parts, EdgeCounter& clock) {
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.rx));
  delay(25_ms);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.rx);
  FERRY_CHECK_EQUAL(clock.take()[0], 8 * 256u);
  FERRY_CHECK_EQUAL(dma::received(outcome), 256u);
  FERRY_CHECK_EQUAL(parts.rx.lost(), 0u);
}

// 600 bytes came back, and there are places for 256: nobody could pop while it waited.
void drains_no_further(Parts& parts, EdgeCounter& clock) {
  auto stream = spi::stream(take_out(parts.spi), take_out(parts.rx), take_out(parts.tx));
  FERRY_CHECK_EQUAL(stream.push(std::span{bytes}.first(600)), 600u);
  FERRY_CHECK(!stream.drain(Deadline::never()));
  FERRY_CHECK(!stream.error());
  std::array<std::byte, 256> popped;
  FERRY_CHECK_EQUAL(stream.pop(popped), 256u);
  FERRY_CHECK(!stream.drain(Deadline::never()));
  FERRY_CHECK(stream.pop(popped) != 0);
  while (!stream.drain(Deadline::never()) && stream.pop(popped) != 0) {
  }
  FERRY_CHECK_EQUAL(stream.sent(), 600u);
  const auto outcome = std::move(stream).stop_into(parts.spi, parts.rx, parts.tx);
  FERRY_CHECK_EQUAL(dma::received(outcome), 600u);
  FERRY_CHECK_EQUAL(clock.take()[0], 8 * 600u);
  parts.rx.clear();
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0).configure({}, std::move(rx_descriptors), std::move(tx_descriptors));
  const gpio::Input clock_pin{std::move(chip.gpio6)};
  EdgeCounter clock{{6, 2, 2, 2}};
  Parts parts{.spi = make_master(chip, {.frequency = 100_kHz}).with_dma(std::move(channel)),
              .rx = dma_rx_stream<256, 4>(),
              .tx = dma_tx_stream<1024, 16>()};
  rests(parts, clock);
  in_the_middle(parts, clock);
  clock.take();
  loses(parts, clock, 10_ms);
  loses(parts, clock, 50_ms);
  loses_and_goes_on(parts, clock);
  pauses(parts, clock);
  parts.rx.clear();
  drains_no_further(parts, clock);
  return check::result();
}
