// Streams while GDMA runs: bytes go through a pipe in chunks of every size, faster or slower than they are
// taken out; it starves, is full, goes on, stops, and starts again.
#include "check.hpp"
#include "ferry/ferry.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

using namespace ferry;
using namespace ferry::literals;

namespace {

std::byte pattern(std::uint32_t index) { return static_cast<std::byte>(index * 7 + (index >> 8) * 3); }

// Sizes that differ from time to time, and repeat themselves after a while.
class Sizes {
 public:
  std::uint32_t next(std::uint32_t most) {
    state_ = state_ * 1'664'525 + 1'013'904'223;
    return (state_ >> 16) % most + 1;
  }

 private:
  std::uint32_t state_ = 1;
};

std::array<std::byte, 700> buffer;

std::uint32_t push(dma::Pipe& pipe FERRY_BORROWS, std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) buffer[i] = pattern(from + i);
  return pipe.push(std::span{buffer}.first(count));
}

// How many bytes came out, each of which is the one to be expected.
std::uint32_t pop(dma::Pipe& pipe FERRY_BORROWS, std::uint32_t from, std::uint32_t most) {
  const std::uint32_t count = pipe.pop(std::span{buffer}.first(most));
  std::uint32_t good = 0;
  while (good < count && buffer[good] == pattern(from + good)) ++good;
  FERRY_CHECK_EQUAL(good, count);
  return count;
}

void through(dma::Copier& copier FERRY_BORROWS, dma::RxStream& to FERRY_BORROWS,
             dma::TxStream& from FERRY_BORROWS, std::uint32_t most_in, std::uint32_t most_out) {
  constexpr std::uint32_t total = 40'000;
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  Sizes sizes;
  std::uint32_t in = 0, out = 0, idle = 0;
  while (out < total && idle < 2000) {
    in += push(pipe, in, std::min(sizes.next(most_in), total - in));
    if (in == total || sizes.next(8) == 1) pipe.flush();
    const std::uint32_t popped = pop(pipe, out, sizes.next(most_out));
    out += popped;
    idle = popped == 0 ? idle + 1 : 0;
  }
  FERRY_CHECK_EQUAL(out, total);
  FERRY_CHECK(!pipe.error());
  const auto outcome = std::move(pipe).stop_into(copier, to, from);
  FERRY_CHECK(outcome.has_value() && outcome->length == total);
}

// Nobody takes anything out: it is full, and nothing is lost.
void full(dma::Copier& copier FERRY_BORROWS, dma::RxStream& to FERRY_BORROWS,
          dma::TxStream& from FERRY_BORROWS) {
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  std::uint32_t in = 0, out = 0;
  for (std::uint32_t round = 0; round < 40; ++round) {
    in += push(pipe, in, 700);
    delay(20_us);
  }
  FERRY_CHECK(in < 40 * 700 && pipe.room() == 0);
  FERRY_CHECK_EQUAL(pipe.available(), 1024u);  // each chunk that was sent has filled one here, in part
  FERRY_CHECK_EQUAL(pipe.pauses(), 1u);
  std::array<std::byte, 4> first;
  FERRY_CHECK(pipe.peek(first) == 4 && first[0] == pattern(0) && first[3] == pattern(3));
  for (std::uint32_t idle = 0; idle < 100;) {
    const std::uint32_t popped = pop(pipe, out, 700);
    out += popped;
    idle = popped == 0 ? idle + 1 : 0;
    delay(5_us);
  }
  FERRY_CHECK_EQUAL(out, in);
  // It has starved by now, and goes on.
  in += push(pipe, in, 100);
  pipe.flush();
  delay(50_us);
  out += pop(pipe, out, 700);
  FERRY_CHECK_EQUAL(out, in);
  FERRY_CHECK(std::move(pipe).stop_into(copier, to, from).has_value());
}

// What is in the stream before the start goes first, and what is left in the other one can be taken out after
// the end.
void before_and_after(dma::Copier& copier FERRY_BORROWS, dma::RxStream& to FERRY_BORROWS,
                      dma::TxStream& from FERRY_BORROWS) {
  for (std::uint32_t i = 0; i < 300; ++i) buffer[i] = pattern(i);
  FERRY_CHECK_EQUAL(from.capacity(), 768u);
  FERRY_CHECK_EQUAL(from.push(std::span{buffer}.first(300)), 300u);
  FERRY_CHECK_EQUAL(from.room(), 468u);
  auto pipe = std::move(copier).pipe(std::move(to), std::move(from));
  delay(50_us);
  FERRY_CHECK_EQUAL(pipe.available(), 256u);  // a whole chunk
  FERRY_CHECK_EQUAL(push(pipe, 300, 10), 10u);
  pipe.flush();
  delay(50_us);
  FERRY_CHECK_EQUAL(pop(pipe, 0, 50), 50u);
  const auto outcome = std::move(pipe).stop_into(copier, to, from);
  FERRY_CHECK(outcome.has_value() && outcome->length == 310);
  FERRY_CHECK_EQUAL(to.available(), 260u);
  FERRY_CHECK_EQUAL(to.pop(buffer), 260u);
  FERRY_CHECK(buffer[0] == pattern(50) && buffer[259] == pattern(309));
  FERRY_CHECK_EQUAL(from.room(), 768u);  // what was not sent is forgotten
}

}  // namespace

int main() {
  auto chip = take();
  dma::Dma dma{std::move(chip.dma)};
  auto to = dma_rx_stream<4096, 4>();
  auto from = dma_tx_stream<768, 3>();
  auto lists = dma_descriptors<1>();
  auto channel = std::move(dma.channel0);
  dma::Copier copier{std::move(channel).configure({}, std::move(lists.rx), std::move(lists.tx)),
                     std::move(chip.uhci0)};
  through(copier, to, from, 700, 700);
  through(copier, to, from, 700, 40);
  through(copier, to, from, 40, 700);
  through(copier, to, from, 5, 3);
  full(copier, to, from);
  before_and_after(copier, to, from);

  // And copies with the channel's own lists work as ever.
  auto buffers = dma_buffers<64>();
  dma::RxBuffer rx{std::move(buffers.rx_memory)};
  dma::TxBuffer tx{std::move(buffers.tx_memory)};
  tx.fill(0x5A_b);
  FERRY_CHECK(copier.copy_and_wait(rx, tx).has_value());
  FERRY_CHECK(copier.copy_and_wait(rx, tx).has_value());
  FERRY_CHECK(rx[63] == 0x5A_b);
  return check::result();
}
