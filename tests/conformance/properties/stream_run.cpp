// stream_run STREAM_OPERATIONS.elf: streams and pipes that starve, fill up, go on, lose, and end at any time.
// What is popped is what came, in order and without a hole but for what is counted as lost; what is on the
// wire is what was pushed; what was left behind is what the next stream begins with.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "tests/conformance/properties/mailbox.hpp"
#include "tests/conformance/properties/random_channel.hpp"
#include "tests/conformance/properties/stream_request.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace ferry::board;

namespace properties {

namespace {

constexpr unsigned clock_pin = 0, miso_pin = 2, mosi_pin = 4, select_pin = 5, done_pin = 10;

// The device's bytes: no run of them is found at a second place.
std::uint8_t device_byte(std::uint32_t index) {
  const std::uint32_t mixed = (index + 1) * 2'654'435'761u;
  return static_cast<std::uint8_t>(mixed >> 24 ^ mixed >> 13);
}

Bytes device_bytes(std::uint32_t from, std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = device_byte(from + static_cast<std::uint32_t>(i));
  return bytes;
}

// The board, and a device that sends byte after byte while it is selected.
class Bench {
 public:
  explicit Bench(const char* firmware) : board_(firmware) {
    board_.watch_dma();
    board_.on_edge(select_pin, [this](bool level) { level ? board_.release(miso_pin) : selected(); });
    board_.on_edge(clock_pin, [this](bool level) { clocked(level); });
    mailbox_.begin();
  }

  void start_anew() { mailbox_.start_anew(); }
  Bytes arena() const { return mailbox_.arena(sizeof(StreamArena)); }
  void fill(const Bytes& bytes) { mailbox_.fill(bytes); }

  StreamAnswer run(const StreamRequest& request) {
    mode_ = request.mode;
    lsb_first_ = request.lsb_first != 0;
    sent_.clear();
    bit_ = selects_ = 0;
    runs_ = true;
    mailbox_.send(request);
    RC_ASSERT(board_.run_until_level(done_pin, false, millisecond));
    RC_ASSERT(board_.run_until_level(done_pin, true, second));
    runs_ = false;
    return mailbox_.answer<StreamAnswer>();
  }
  // What the device got.
  const Bytes& sent() const { return sent_; }
  bool ends_with_a_byte() const { return bit_ % 8 == 0; }
  unsigned selects() const { return selects_; }
  bool is_selected() const { return !board_.level(select_pin); }

 private:
  unsigned place() const { return lsb_first_ ? bit_ % 8 : 7 - bit_ % 8; }
  void selected() {
    ++selects_;
    drive();
  }
  void drive() {
    board_.drive(miso_pin, (device_byte(static_cast<std::uint32_t>(bit_ / 8)) >> place() & 1) != 0);
  }
  void clocked(bool level) {
    if (!runs_ || !is_selected()) return;
    if (level != (mode_ == 0 || mode_ == 3)) return drive();
    if (bit_ % 8 == 0) sent_.push_back(0);
    if (board_.level(mosi_pin)) sent_.back() = static_cast<std::uint8_t>(sent_.back() | 1u << place());
    ++bit_;
  }

  TestBoard board_;
  Mailbox mailbox_{board_};
  std::uint32_t mode_ = 0;
  bool lsb_first_ = false, runs_ = false;
  std::size_t bit_ = 0;
  unsigned selects_ = 0;
  Bytes sent_;
};

Bytes part(const Bytes& bytes, std::size_t from, std::size_t count) {
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

// Bytes that are missing from what the device sent; none of those that are there is out of place.
std::size_t holes(const Bytes& popped) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < popped.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(i + missing);
    if (device_byte(place) == popped[i]) continue;
    // Between two holes there is a chunk or the end.
    const Bytes run = part(popped, i, std::min<std::size_t>(popped.size() - i, 12));
    std::uint32_t skipped = 1;
    while (device_bytes(place + skipped, run.size()) != run) RC_ASSERT(++skipped < 100'000u);
    missing += skipped;
  }
  return missing;
}

std::uint32_t capacity(const StreamRequest& request) { return request.large != 0 ? 4096 : 192; }
std::uint32_t chunk(const StreamRequest& request) { return request.large != 0 ? 1024 : 64; }

void check_wire(const Bench& bench, const StreamRequest& request, const StreamAnswer& answer,
                const Bytes& in) {
  RC_ASSERT(!bench.is_selected() && bench.ends_with_a_byte());
  const std::size_t count = bench.sent().size();
  RC_ASSERT(bench.selects() == (count == 0 ? 0u : 1u));
  if (request.kind == Kind::pipe) RC_ASSERT(count == 0u);
  if (request.kind == Kind::receive) RC_ASSERT(bench.sent() == Bytes(count, 0));
  if (request.kind == Kind::transmit || request.kind == Kind::exchange) {
    RC_ASSERT(count <= answer.pushed);
    RC_ASSERT(bench.sent() == part(in, 0, count));
    if (answer.drained != 0) RC_ASSERT(count == answer.pushed);
  }
  // In the middle of a piece it is told in whole chunks, less what FIFOs may hold.
  if (request.kind == Kind::transmit) {
    RC_ASSERT(answer.received <= count);
    RC_ASSERT(count - answer.received <= chunk(request) + 128);
    if (answer.drained != 0) RC_ASSERT(answer.received == count);
  }
}

// What was popped, behind what was left from the time before; returns what is left now.
Bytes check_reception(const Bench& bench, const StreamRequest& request, const StreamAnswer& answer,
                      const Bytes& in, const Bytes& left_before, const Bytes& popped) {
  const std::size_t clocked = bench.sent().size();
  const bool complete = request.loses == 0;
  if (request.kind == Kind::pipe) {
    RC_ASSERT(answer.received <= answer.pushed);
    if (request.end == StreamEnd::drained) RC_ASSERT(answer.drained == 1u);
  } else if (complete) {
    RC_ASSERT(answer.received == clocked);
  }
  RC_ASSERT(answer.popped + answer.left == left_before.size() + answer.received);
  if (!complete) {
    RC_ASSERT(answer.received <= clocked && answer.left == 0u && left_before.empty());
    RC_ASSERT(holes(popped) + answer.received <= clocked);
    // The last piece's by time: stopping takes some microseconds, at five bytes each at the most.
    RC_ASSERT(answer.lost <= clocked - answer.received);
    RC_ASSERT(clocked - answer.received - answer.lost <= 40u);
    return {};
  }
  Bytes expected = left_before;
  const Bytes came =
      request.kind == Kind::pipe ? part(in, 0, answer.received) : device_bytes(0, answer.received);
  expected.insert(expected.end(), came.begin(), came.end());
  RC_ASSERT(popped == part(expected, 0, answer.popped));
  return part(expected, answer.popped, answer.left);
}

// Returns what is left in the stream that receives.
Bytes check(Bench& bench, const StreamRequest& request, std::uint32_t seed, const Bytes& left_before) {
  const Bytes random = random_looking(seed);
  Bytes before(sizeof(StreamArena));
  for (std::size_t i = 0; i < before.size(); ++i) before[i] = random[i % random.size()];
  bench.fill(before);
  const StreamAnswer answer = bench.run(request);
  const Bytes after = bench.arena();
  RC_LOG() << "  pushed " << answer.pushed << ", popped " << answer.popped << ", left " << answer.left
           << ", arrived " << answer.received << ", on the wire " << bench.sent().size() << ", lost "
           << answer.lost << (answer.drained != 0 ? ", drained\n" : "\n");
  RC_ASSERT(error_name(answer.succeeded, answer.error) == "");
  RC_ASSERT(answer.contradictions == 0u);
  RC_ASSERT(answer.popped <= sizeof(StreamArena::out));
  const Bytes in = part(before, offsetof(StreamArena, in), sizeof(StreamArena::in));
  check_wire(bench, request, answer, in);
  // Nothing but what was popped has changed.
  Bytes allowed = after;
  std::copy_n(before.begin() + offsetof(StreamArena, out), answer.popped,
              allowed.begin() + offsetof(StreamArena, out));
  RC_ASSERT(allowed == before);
  if (request.kind == Kind::transmit) {
    RC_ASSERT(answer.popped + answer.left == left_before.size());
    RC_ASSERT(part(after, offsetof(StreamArena, out), answer.popped) == part(left_before, 0, answer.popped));
    return part(left_before, answer.popped, answer.left);
  }
  return check_reception(bench, request, answer, in, left_before,
                         part(after, offsetof(StreamArena, out), answer.popped));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const StreamRequest& request) {
  static constexpr const char* ends[] = {"stopped", "dropped", "drained"};
  out << (request.large != 0 ? "large" : "small") << (request.loses != 0 ? ", loses" : "") << ", "
      << request.channel << ", mode " << request.mode << ", frequency " << request.frequency
      << (request.lsb_first != 0 ? ", LSB first" : "") << ", " << request.before << " before, "
      << request.rounds << " rounds (" << request.seed << ") of up to " << request.most_in << " in, "
      << request.most_out << " out, " << request.most_idle << " us, one flush in " << request.flushes + 1
      << ", " << ends[static_cast<std::uint32_t>(request.end)];
  if (request.end == StreamEnd::drained) out << " in " << request.microseconds << " us";
  return out << (request.leaves != 0 ? ", the rest stays" : "")
             << (request.listens != 0 ? ", kept going by interrupt" : "");
}

namespace {

rc::Gen<std::uint32_t> round_size(std::uint32_t capacity) {
  return rc::gen::oneOf(rc::gen::inRange(0u, 10u), rc::gen::inRange(0u, 130u),
                        rc::gen::inRange(0u, capacity / 2));
}

StreamRequest request_of(Kind kind, bool loses) {
  StreamRequest request{};
  request.kind = kind;
  request.loses = loses ? 1 : 0;
  request.large = *rc::gen::inRange(0u, 2u);
  request.channel = any_channel();
  request.mode = *rc::gen::inRange(0u, 4u);
  request.frequency = *rc::gen::inRange(0u, 5u);
  request.lsb_first = *rc::gen::inRange(0u, 2u);
  request.seed = *rc::gen::inRange(0u, 10'000u);
  request.before = *rc::gen::oneOf(rc::gen::just(0u), rc::gen::inRange(0u, capacity(request) + 10));
  request.rounds = *rc::gen::inRange(0u, 20u);
  request.most_in = *round_size(capacity(request));
  // There has to be a place for all of it.
  request.most_out = std::min(*round_size(capacity(request)), 11'000 / std::max(1u, request.rounds));
  request.most_idle = *rc::gen::element(0u, 5u, 60u, 300u, 3000u);
  request.flushes = *rc::gen::element(0u, 3u, 1000u);
  request.end = static_cast<StreamEnd>(*rc::gen::weightedElement<std::uint32_t>({{2, 0}, {1, 1}, {2, 2}}));
  request.microseconds = *rc::gen::element(0u, 50u, 2000u, 40'000u);
  request.leaves = loses ? 0 : *rc::gen::inRange(0u, 2u);
  request.listens = kind == Kind::pipe ? 0 : *rc::gen::inRange(0u, 2u);
  return request;
}

bool try_kind(Bench& bench, Kind kind, bool loses, const std::string& name) {
  return rc::check(name, [&] {
    bench.start_anew();
    // Two in a row with the same parts: the second finds what the first left.
    const StreamRequest first = request_of(kind, loses);
    StreamRequest second = request_of(kind, loses);
    second.large = first.large;
    const auto seed = *rc::gen::inRange(0u, 1000u);
    RC_LOG() << first << '\n';
    const Bytes left = check(bench, first, seed, {});
    RC_LOG() << second << '\n';
    const Bytes left_again = check(bench, second, seed + 1, left);
    // Whatever became of it: all of it, both ways.
    StreamRequest full{};
    full.kind = kind == Kind::pipe ? Kind::pipe : Kind::exchange;
    full.channel = usual_channel;
    full.large = first.large;
    full.frequency = 4;
    full.before = 100;
    full.rounds = 10;
    full.most_in = 150;
    full.most_out = 1000;
    full.end = StreamEnd::drained;
    full.microseconds = 1000;
    RC_LOG() << full << '\n';
    check(bench, full, seed + 2, left_again);
  });
}

}  // namespace
}  // namespace properties

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: stream_run STREAM_OPERATIONS.elf\n";
    return 2;
  }
  setenv("RC_PARAMS", "seed=1 max_success=100", 0);
  properties::Bench bench(arguments[1]);
  using properties::Kind;
  bool passed = true;
  passed &= properties::try_kind(bench, Kind::receive, false, "a stream that receives");
  passed &= properties::try_kind(bench, Kind::receive, true, "a stream that loses");
  passed &= properties::try_kind(bench, Kind::transmit, false, "a stream that sends");
  passed &= properties::try_kind(bench, Kind::exchange, false, "a stream both ways");
  passed &= properties::try_kind(bench, Kind::pipe, false, "a pipe");
  return passed ? 0 : 1;
}
