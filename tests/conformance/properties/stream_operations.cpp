// Streams and pipes as the test asks for them, once per change of `go`; GPIO10 shows that one is over. As
// operations.cpp it uses the same parts all the time.
#include "ferry/ferry.hpp"
#include "tests/conformance/properties/channel_config.hpp"
#include "tests/conformance/properties/request.hpp"
#include "tests/conformance/properties/stream_request.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

using namespace ferry;
using namespace ferry::literals;
using namespace properties;

// Found by the test by their names.
StreamRequest request;
StreamAnswer answer;
StreamArena arena;
volatile std::uint32_t go;

namespace {

// Sizes that differ from round to round, and are the same whenever the seed is.
class Sizes {
 public:
  explicit Sizes(std::uint32_t seed) : state_(seed) {}
  std::uint32_t up_to(std::uint32_t most) {
    state_ = state_ * 1'664'525 + 1'013'904'223;
    return (state_ >> 8) % (most + 1);
  }

 private:
  std::uint32_t state_;
};

std::span<const std::byte> next_in(std::uint32_t most) {
  const auto left = std::span<const std::byte>{arena.in}.subspan(answer.pushed);
  return left.first(std::min<std::size_t>(left.size(), most));
}
std::span<std::byte> next_out(std::uint32_t most) {
  const auto left = std::span{arena.out}.subspan(answer.popped);
  return left.first(std::min<std::size_t>(left.size(), most));
}
void expect(bool holds) { answer.contradictions += holds ? 0 : 1; }

template <class Stream>
void push(Stream& stream FERRY_BORROWS, std::uint32_t most) {
  const auto bytes = next_in(most);
  const std::uint32_t room = stream.room();
  const std::uint32_t pushed = stream.push(bytes);
  expect(pushed >= std::min<std::size_t>(room, bytes.size()) && pushed <= bytes.size());
  answer.pushed += pushed;
}

// The same where the bytes lie.
template <class Stream>
void push_in_place(Stream& stream FERRY_BORROWS, std::uint32_t most) {
  const auto bytes = next_in(most);
  std::uint32_t filled = 0;
  const std::uint32_t pushed = stream.push_with([&](std::span<std::byte> places) {
    filled = static_cast<std::uint32_t>(std::min(places.size(), bytes.size()));
    std::copy_n(bytes.begin(), filled, places.begin());
    return filled;
  });
  expect(pushed == filled);
  answer.pushed += pushed;
}
template <class Stream>
void pop_in_place(Stream& stream FERRY_BORROWS, std::uint32_t most) {
  const auto bytes = next_out(most);
  const std::uint32_t there = stream.available();
  std::uint32_t seen = 0;
  const std::uint32_t popped = stream.pop_with([&](std::span<const std::byte> oldest) {
    seen = static_cast<std::uint32_t>(std::min(oldest.size(), bytes.size()));
    std::copy_n(oldest.begin(), seen, bytes.begin());
    return seen;
  });
  expect(popped == seen && (popped != 0 || there == 0 || bytes.empty()));
  answer.popped += popped;
}

template <class Stream>
void pop(Stream& stream FERRY_BORROWS, std::uint32_t most) {
  const auto bytes = next_out(most);
  const std::uint32_t there = stream.available();
  const std::uint32_t seen = stream.peek(bytes);
  const std::byte last = seen != 0 ? bytes[seen - 1] : 0_b;
  const std::uint32_t popped = stream.pop(bytes);
  expect(seen >= std::min<std::size_t>(there, bytes.size()));
  expect(popped >= seen && popped <= bytes.size() && (seen == 0 || bytes[seen - 1] == last));
  answer.popped += popped;
}

// Pops what is left, a little at a time, when the stream is over.
void take_out(dma::RxStream& rx FERRY_BORROWS) {
  if (request.leaves == 0) {
    for (std::uint32_t popped = 1; popped != 0; answer.popped += popped) popped = rx.pop(next_out(50));
  }
  answer.left = rx.available();
}

void tell(const dma::Outcome& outcome) {
  answer.succeeded = outcome.has_value() ? 1 : 0;
  answer.error = outcome ? 0 : static_cast<std::uint32_t>(outcome.error().reason);
  answer.received = dma::received(outcome);
}

template <class Stream>
void in_rounds(Stream& stream FERRY_BORROWS) {
  Sizes sizes{request.seed};
  for (std::uint32_t round = 0; round < request.rounds; ++round) {
    if constexpr (requires { stream.flush(); }) {
      const interrupt::CriticalSection section;
      const std::uint32_t most = sizes.up_to(request.most_in);
      sizes.up_to(2) == 0 ? push_in_place(stream, most) : push(stream, most);
      if (sizes.up_to(request.flushes) == 0) stream.flush();
    }
    if (const std::uint32_t idle = sizes.up_to(request.most_idle); idle != 0)
      delay(Duration::microseconds(idle));
    if constexpr (requires { stream.available(); }) {
      const interrupt::CriticalSection section;
      const std::uint32_t most = sizes.up_to(request.most_out);
      sizes.up_to(2) == 0 ? pop_in_place(stream, most) : pop(stream, most);
    }
  }
}

// Everything that was pushed is to be on the wire; out of a pipe it has to come.
template <class Stream>
void drain(Stream& stream FERRY_BORROWS) {
  const Deadline deadline = Deadline::after(Duration::microseconds(request.microseconds));
  if constexpr (requires { stream.drain(deadline); }) {
    answer.drained = stream.drain(deadline) ? 1 : 0;
  } else if constexpr (requires { stream.flush(); }) {
    const std::uint32_t before = answer.left;
    stream.flush();
    for (std::uint32_t idle = 0; idle < 200; ++idle) {
      const std::uint32_t popped = answer.popped;
      pop(stream, 500);
      if (popped != answer.popped) idle = 0;
    }
    answer.drained = answer.popped == answer.pushed + before ? 1 : 0;
  }
}

template <class Stream, class... Back>
void end(Stream stream FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  if (request.end == StreamEnd::drained) drain(stream);
  if (request.end == StreamEnd::dropped) {
    std::optional<Stream> place;
    place.emplace(std::move(stream));
    place.reset();
    tell(Stream::recover_into(back...));
  } else {
    tell(std::move(stream).stop_into(back...));
  }
}

// Where the handler finds it, that looks after it, too, but for where it cannot come in between.
template <class Stream>
std::optional<Stream> listening;
template <class Stream, class... Back>
void live_by_interrupt(Stream stream FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  listening<Stream>.emplace(std::move(stream));
  interrupt::attach(interrupt::Source::spi2, 1, [] { listening<Stream>->keep_going(); });
  interrupt::critical_section([] { listening<Stream>->listen(); });
  in_rounds(*listening<Stream>);
  interrupt::detach(interrupt::Source::spi2);
  end(std::move(*listening<Stream>), back...);
  listening<Stream>.reset();
}

// Goes through a stream's whole life; it is spent when it ends.
template <class Stream, class... Back>
void live(Stream stream FERRY_TAKES_LIVE, Back&... back FERRY_REFILLS) {
  if constexpr (requires { stream.listen(); }) {
    if (request.listens != 0) return live_by_interrupt(std::move(stream), back...);
  }
  in_rounds(stream);
  end(std::move(stream), back...);
}

struct Streams {
  dma::RxStream rx;
  dma::TxStream tx;
};

void push_before(dma::TxStream& tx FERRY_BORROWS) {
  const auto bytes = next_in(request.before);
  answer.pushed = tx.push(bytes);
  expect(answer.pushed == std::min<std::size_t>(tx.capacity(), bytes.size()));
}

void by_spi(spi::MasterDma& spi FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS,
            dma::TxStream& tx FERRY_BORROWS) {
  constexpr spi::Frequency choices[] = {1_MHz, 4_MHz, 10_MHz, 20_MHz, 40_MHz};
  static_assert(std::size(choices) == frequencies.size());
  const spi::BitOrder order = request.lsb_first != 0 ? spi::BitOrder::lsb_first : spi::BitOrder::msb_first;
  spi.apply_config({.frequency = choices[request.frequency],
                    .mode = static_cast<spi::Mode>(request.mode),
                    .write_bit_order = order,
                    .read_bit_order = order});
  if (request.kind == Kind::receive) {
    live(spi::stream(std::move(spi), std::move(rx),
                     request.loses != 0 ? spi::WhenFull::lose : spi::WhenFull::pause),
         spi, rx);
    answer.lost = static_cast<std::uint32_t>(rx.lost());
  } else if (request.kind == Kind::transmit) {
    push_before(tx);
    live(spi::stream(std::move(spi), std::move(tx)), spi, tx);
  } else {
    push_before(tx);
    live(spi::stream(std::move(spi), std::move(rx), std::move(tx)), spi, rx, tx);
  }
}

// Which lists the channel has makes no difference: streams bring their own.
class Channel {
 public:
  Channel(dma::RxDescriptors rx, dma::TxDescriptors tx) : rx_(std::move(rx)), tx_(std::move(tx)) {}
  // With the bursts that the request asks for.
  void configure(spi::MasterDma& spi FERRY_BORROWS) {
    dma::ConfiguredChannel configured;
    auto master = std::move(spi).without_dma(configured);
    auto channel = std::move(configured).release(rx_, tx_);
    configured = std::move(channel).configure(config_of(request.channel), std::move(rx_), std::move(tx_));
    spi = std::move(master).with_dma(std::move(configured));
  }

 private:
  dma::RxDescriptors rx_;
  dma::TxDescriptors tx_;
};

void through_memory(dma::Copier& copier FERRY_BORROWS, dma::RxStream& rx FERRY_BORROWS,
                    dma::TxStream& tx FERRY_BORROWS) {
  push_before(tx);
  live(std::move(copier).pipe(std::move(rx), std::move(tx)), copier, rx, tx);
}

void act(spi::MasterDma& spi FERRY_BORROWS, dma::Copier& copier FERRY_BORROWS,
         dma::RxStream& rx FERRY_BORROWS, dma::TxStream& tx FERRY_BORROWS) {
  answer = {};
  answer.left = rx.available();
  if (request.kind != Kind::pipe) {
    by_spi(spi, rx, tx);
  } else {
    through_memory(copier, rx, tx);
  }
  take_out(rx);
}

// Shows that it is done, and waits for the next request.
void next(gpio::Output& done) {
  const std::uint32_t last = go;
  done.set_high();
  while (go == last) {
  }
  done.set_low();
}

}  // namespace

int main() {
  auto chip = take();
  gpio::Output done{std::move(chip.gpio10)};
  dma::Dma dma{std::move(chip.dma)};
  auto channel0 = std::move(dma.channel0);
  auto [rx_list, tx_list] = dma_descriptors<1>();
  auto configured = std::move(channel0).configure({}, std::move(rx_list), std::move(tx_list));
  auto spi = spi::Master{std::move(chip.spi2), {}}
                 .with_sck(std::move(chip.gpio0))
                 .with_cs(std::move(chip.gpio5))
                 .with_mosi(std::move(chip.gpio4))
                 .with_miso(std::move(chip.gpio2))
                 .with_dma(std::move(configured));
  auto small_rx = dma_rx_stream<192, 3>();
  auto small_tx = dma_tx_stream<192, 3>();
  auto large_rx = dma_rx_stream<4096, 4>();
  auto large_tx = dma_tx_stream<4096, 4>();

  Channel channel{std::move(rx_list), std::move(tx_list)};
  next(done);
  // A copier keeps its channel, so its settings are those that the first request asks for.
  auto channel1 = std::move(dma.channel1);
  auto [rx_list1, tx_list1] = dma_descriptors<1>();
  dma::Copier copier{
      std::move(channel1).configure(config_of(request.channel), std::move(rx_list1), std::move(tx_list1)),
      std::move(chip.uhci0)};
  for (;;) {
    channel.configure(spi);
    if (request.large != 0) {
      act(spi, copier, large_rx, large_tx);
    } else {
      act(spi, copier, small_rx, small_tx);
    }
    next(done);
  }
}
