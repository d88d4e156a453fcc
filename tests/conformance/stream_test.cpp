// run: --wire GPIO4:GPIO2
// Streams of four chunks of 1024 bytes, looped back: what fits, what is there, pieces over the borders of
// chunks, and going on after there was nothing to send.
#include "tests/conformance/spi.hpp"

#include <array>

using namespace conformance;

namespace {

std::array<std::byte, 4097> bytes;

std::span<const std::byte> next(std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) bytes[i] = pattern((from + i) % 50'000, 1);
  return std::span{bytes}.first(count);
}
bool good(std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i)
    if (bytes[i] != pattern((from + i) % 50'000, 1)) return false;
  return true;
}

void before_it_runs(dma::TxStream& tx FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS) {
  FERRY_CHECK(tx.capacity() == 4096 && rx.capacity() == 4096);
  FERRY_CHECK_EQUAL(tx.room(), 4096u);
  FERRY_CHECK_EQUAL(rx.available(), 0u);
  FERRY_CHECK_EQUAL(rx.pop(bytes), 0u);
  FERRY_CHECK_EQUAL(tx.push(next(0, 20)), 20u);
  FERRY_CHECK_EQUAL(tx.room(), 4076u);
  const auto next_three = next(20, 3);
  FERRY_CHECK_EQUAL(tx.push_with([&](std::span<std::byte> places) {
    std::ranges::copy(next_three, places.begin());
    return places.size() == 1004 ? 3u : 0u;
  }),
                    3u);
  FERRY_CHECK_EQUAL(tx.push({}), 0u);
  FERRY_CHECK_EQUAL(tx.push(next(23, 4097)), 4073u);
  FERRY_CHECK_EQUAL(tx.room(), 0u);
  FERRY_CHECK_EQUAL(tx.push(next(0, 1)), 0u);
}

// What was pushed before goes first.
void the_first_bytes(spi::Exchange& stream FERRY_BORROWS) {
  FERRY_CHECK(stream.drain(Deadline::after(10_ms)));
  FERRY_CHECK_EQUAL(stream.available(), 4096u);
  FERRY_CHECK_EQUAL(stream.peek(std::span{bytes}.first(32)), 32u);
  FERRY_CHECK(good(0, 32));
  FERRY_CHECK_EQUAL(stream.pop(std::span{bytes}.first(13)), 13u);
  FERRY_CHECK(good(0, 13));
  // Over a border of chunks, without taking, then taking less.
  FERRY_CHECK_EQUAL(stream.peek(std::span{bytes}.first(1024 + 128)), 1024u + 128u);
  FERRY_CHECK(good(13, 1024 + 128));
  FERRY_CHECK_EQUAL(stream.pop(std::span{bytes}.first(1024 + 64)), 1024u + 64u);
  FERRY_CHECK(good(13, 1024 + 64));
  FERRY_CHECK_EQUAL(stream.available(), 4096u - 13u - 1024u - 64u);
  // Where they lie: the rest of a chunk, of which nothing is taken.
  FERRY_CHECK_EQUAL(stream.pop_with([](std::span<const std::byte> oldest) {
    return oldest.size() == 2048 - 13 - 1024 - 64 ? 0u : 1u;
  }),
                    0u);
  FERRY_CHECK_EQUAL(stream.pop(bytes), 4096u - 13u - 1024u - 64u);
  FERRY_CHECK(good(13 + 1024 + 64, 4096 - 13 - 1024 - 64));
  FERRY_CHECK_EQUAL(stream.pop(bytes), 0u);
}

// Thirty rounds of odd sizes, and never fewer bytes there than a moment before.
void round_by_round(spi::Exchange& stream FERRY_BORROWS) {
  std::uint32_t in = 4096, out = 4096;
  for (std::uint32_t round = 0; round < 30; ++round) {
    const std::uint32_t size = 1 + round * 137 % 2500;
    in += stream.push(next(in, size));
    std::uint32_t there = 0;
    for (int i = 0; i < 10; ++i) {
      const std::uint32_t now = stream.available();
      FERRY_CHECK(now >= there);
      there = now;
    }
    const std::uint32_t popped = stream.pop(bytes);
    FERRY_CHECK(good(out, popped));
    out += popped;
    // Now and then the bus runs dry.
    if (round % 7 == 6) delay(3_ms);
  }
  stream.flush();
  const Deadline deadline = Deadline::after(20_ms);
  while (out < in && !deadline.has_passed()) {
    const std::uint32_t popped = stream.pop(bytes);
    FERRY_CHECK(good(out, popped));
    out += popped;
  }
  FERRY_CHECK_EQUAL(out, in);
  FERRY_CHECK(!stream.error());
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto [rx_descriptors, tx_descriptors] = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  auto spi =
      make_master(chip, {.frequency = 10_MHz})
          .with_dma(std::move(channel).configure({}, std::move(rx_descriptors), std::move(tx_descriptors)));
  auto rx = dma_rx_stream<4096, 4>();
  auto tx = dma_tx_stream<4096, 4>();
  before_it_runs(tx, rx);
  auto stream = spi::stream(std::move(spi), std::move(rx), std::move(tx));
  the_first_bytes(stream);
  round_by_round(stream);
  const auto outcome = std::move(stream).stop_into(spi, rx, tx);
  FERRY_CHECK(outcome.has_value());
  FERRY_CHECK_EQUAL(tx.room(), 4096u);
  return check::result();
}
