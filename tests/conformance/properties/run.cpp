// run OPERATIONS.elf: random operations on the board. What arrives is what was sent, on the wires as in
// memory, nothing else changes, and afterwards the same parts work at once. Each case starts from the same
// moment, so a case can be repeated alone.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "tests/conformance/properties/mailbox.hpp"
#include "tests/conformance/properties/model.hpp"
#include "tests/conformance/properties/random_channel.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace ferry::board;

namespace properties {

namespace {

constexpr unsigned clock_pin = 0, select_pin = 5, done_pin = 10;
constexpr std::array<unsigned, 4> line_pins{4, 2, 6, 7};

// The board with what is at the other end of its wires.
class Bench {
 public:
  explicit Bench(const char* firmware) : board_(firmware) {
    board_.watch_dma();
    board_.on_edge(select_pin, [this](bool level) { level ? deselected() : selected(); });
    board_.on_edge(clock_pin, [this](bool level) { clocked(level); });
    board_.on_edge(line_pins[0], [this](bool level) {
      if (loops_) board_.drive(line_pins[1], !level);
    });
    mailbox_.begin();
  }

  void start_anew() { mailbox_.start_anew(); }
  Bytes arena() const { return mailbox_.arena(sizeof(Arena)); }
  void fill(const Bytes& bytes) { mailbox_.fill(bytes); }

  Answer run(const Request& request, const Expected& expected) {
    asked_ = request;
    expected_ = &expected;
    seen_.clear();
    selects_ = 0;
    clock_ = 0;
    loops_ = !expected.reads_half_duplex && request.form != Form::half_duplex_write;
    for (const unsigned pin : line_pins) board_.release(pin);
    if (loops_) board_.drive(line_pins[1], !board_.level(line_pins[0]));
    mailbox_.send(request);
    RC_ASSERT(board_.run_until_level(done_pin, false, millisecond));
    RC_ASSERT(board_.run_until_level(done_pin, true, 2 * second));
    return mailbox_.answer<Answer>();
  }
  // What the other end saw.
  const std::vector<Clock>& seen() const { return seen_; }
  unsigned selects() const { return selects_; }
  bool is_selected() const { return !board_.level(select_pin); }

 private:
  bool reads_now() const { return expected_->reads_half_duplex && clock_ >= expected_->header_clocks; }

  void selected() {
    ++selects_;
    if (expected_ != nullptr && reads_now()) drive();
  }
  void deselected() {
    if (loops_) return;
    for (const unsigned pin : line_pins) board_.release(pin);
  }
  void clocked(bool level) {
    if (expected_ == nullptr || !is_selected()) return;
    const bool samples = level == (asked_.mode == 0 || asked_.mode == 3);
    if (samples) {
      std::uint8_t levels = 0;
      for (unsigned line = 0; line < 4; ++line)
        levels = static_cast<std::uint8_t>(levels | (board_.level(line_pins[line]) ? 1u << line : 0u));
      const std::uint8_t lines = clock_ < expected_->clocks.size() ? expected_->clocks[clock_].lines : 0;
      seen_.push_back({lines, static_cast<std::uint8_t>(levels & lines)});
      ++clock_;
    } else if (reads_now()) {
      drive();
    }
  }
  void drive() {
    const Clock levels = device_clock(asked_, clock_ - expected_->header_clocks);
    for (unsigned line = 0; line < 4; ++line)
      if ((levels.lines >> line & 1) != 0) board_.drive(line_pins[line], (levels.levels >> line & 1) != 0);
  }

  TestBoard board_;
  Mailbox mailbox_{board_};
  Request asked_{};
  const Expected* expected_ = nullptr;
  bool loops_ = false;
  std::size_t clock_ = 0;
  std::vector<Clock> seen_;
  unsigned selects_ = 0;
};

// What is said to have left, has, and it is not much less than what has: a descriptor, and what FIFOs hold.
void check_sent(const Request& request, std::uint32_t told, std::size_t clocks, std::size_t header_clocks) {
  const std::size_t lines = request.data_lines < 2 ? 1 : request.data_lines == 2 ? 2 : 4;
  const std::size_t sent = clocks > header_clocks ? (clocks - header_clocks) * lines / 8 : 0;
  RC_ASSERT(told <= sent);
  if (request.loops == 0) RC_ASSERT(sent - told <= 4095u + 128u);
}

// Whether the copies beside may have kept the operation from the memory, and this is how it shows: when they
// go first, or where a few bytes have to last until the next descriptor is there.
bool is_starved(const Request& request, std::string_view error) {
  constexpr std::array<std::string_view, 4> signs{"start_failed", "rx_overflow", "tx_underflow", "timed_out"};
  constexpr std::uint32_t few = 8;
  const auto is_short = [](const Piece& piece) { return piece.length != 0 && piece.length < few; };
  const bool come_first = request.crowd == 2 && request.channel.priority != most_urgent;
  const bool has_few =
      request.loops != 0 || request.tx_length < few || std::ranges::any_of(request.tx, is_short);
  return request.crowd != 0 && (come_first || has_few) && std::ranges::find(signs, error) != signs.end();
}

// What an operation that was starved left is not known, but where.
void check_places(const Bytes& before, const Bytes& after, const Reception& reception) {
  Reception anything = reception;
  for (std::size_t i = 0; i < anything.bytes.size(); ++i) anything.bytes[i] = after[anything.where[i]];
  check_memory(before, after, anything, 0);
}

void check(Bench& bench, const Request& request, std::uint32_t seed) {
  const Bytes before = random_looking(seed);
  bench.fill(before);
  const Expected expected = expect(request, before);
  const Answer answer = bench.run(request, expected);
  const Bytes after = bench.arena();
  RC_ASSERT(!bench.is_selected());

  const std::string_view error = error_name(answer.succeeded, answer.error);
  if (expected.error.empty() && is_starved(request, error))
    return check_places(before, after, expected.reception);
  const bool ended_early = request.end != End::by_itself && (error == "cancelled" || error == "timed_out");
  if (!ended_early) RC_ASSERT(error == expected.error);
  if (!expected.error.empty()) {
    RC_ASSERT(after == before);
    RC_ASSERT(bench.seen().empty() && bench.selects() == 0u);
    return;
  }
  const bool by_the_cpu = request.form == Form::by_the_cpu;
  if (!ended_early && !by_the_cpu) RC_ASSERT(answer.received == expected.reception.bytes.size());
  const bool sends_alone = request.form == Form::full_duplex && expected.reception.bytes.empty();
  const bool only_sends =
      request.form == Form::write || request.form == Form::half_duplex_write || sends_alone;
  if (only_sends) {
    if (ended_early) check_sent(request, answer.received, bench.seen().size(), expected.header_clocks);
  } else {
    RC_ASSERT(answer.received <= expected.reception.bytes.size());
  }
  check_memory(before, after, expected.reception,
               by_the_cpu || !ended_early ? expected.reception.bytes.size() : answer.received);

  std::vector<Clock> clocks = expected.clocks;
  if (ended_early) {
    RC_ASSERT(bench.seen().size() <= clocks.size());
    clocks.resize(bench.seen().size());
  }
  // What the device drives it knows.
  if (expected.reads_half_duplex) RC_ASSERT(bench.seen().size() == clocks.size());
  RC_ASSERT(bench.seen() == clocks);
  // A part that was appended may have a chip select of its own.
  const unsigned most = request.start == Start::in_parts && request.holds == 0 ? 3 : 1;
  RC_ASSERT(bench.selects() <= most);
  if (!clocks.empty() || !(ended_early || expected.clocks.empty())) RC_ASSERT(bench.selects() >= 1u);
}

}  // namespace

// ---- Generators ----

std::ostream& operator<<(std::ostream& out, const Request& request) {
  static constexpr const char* forms[] = {"full_duplex",       "in_place",         "write", "read",
                                          "half_duplex_write", "half_duplex_read", "copy",  "by_the_cpu"};
  static constexpr const char* ends[] = {"by itself", "cancelled", "by a deadline", "dropped"};
  static constexpr const char* starts[] = {"", ", prepared", ", with lists of its own", ", in parts"};
  out << forms[static_cast<std::uint32_t>(request.form)] << ", rx " << request.rx_length << " of";
  for (const Piece& piece : request.rx) out << ' ' << piece.length;
  out << ", tx " << request.tx_length << " of";
  for (const Piece& piece : request.tx) out << ' ' << piece.offset << '+' << piece.length;
  out << ", " << request.channel << ", mode " << request.mode << ", " << frequencies[request.frequency]
      << " Hz" << (request.lsb_first != 0 ? ", LSB first" : "");
  out << ", phases " << request.command_bits << ' ' << request.address_bits << ' ' << request.dummy_cycles
      << " on " << request.phase_lines << ", data on " << request.data_lines << ", ends "
      << ends[static_cast<std::uint32_t>(request.end)];
  if (request.end != End::by_itself) out << " after " << request.microseconds << " us";
  static constexpr const char* crowds[] = {"", ", beside copies", ", beside urgent copies"};
  out << crowds[request.crowd] << starts[static_cast<std::uint32_t>(request.start)]
      << (request.loops != 0 ? ", over and over" : "");
  if (request.start == Start::in_parts)
    out << " after " << request.pause << " us each" << (request.holds != 0 ? ", held" : "");
  return out;
}

namespace {

Start start_of(Form form) {
  if (form == Form::copy) return *rc::gen::element(Start::at_once, Start::with_own_lists, Start::in_parts);
  if (form == Form::full_duplex)
    return *rc::gen::element(Start::at_once, Start::prepared, Start::with_own_lists, Start::in_parts);
  if (form == Form::in_place) return *rc::gen::element(Start::at_once, Start::prepared);
  return *rc::gen::element(Start::at_once, Start::prepared, Start::in_parts);
}

// Slow frequencies and long transfers together take the computer's time.
std::uint32_t frequency_for(std::uint32_t length) {
  return *rc::gen::inRange(length > 2 * usually_longest ? 3u : 0u,
                           static_cast<std::uint32_t>(frequencies.size()));
}

// In place there are no pieces that choose the length.
rc::Gen<std::uint32_t> length_in_place() {
  return rc::gen::weightedOneOf<std::uint32_t>({{24, length_up_to(in_place_size)},
                                                {1, rc::gen::just(whole)},
                                                {2, rc::gen::inRange(in_place_size + 1, in_place_size + 4)}});
}

Request request_of(Form form) {
  Request request{};
  request.form = form;
  std::uint32_t room = 0, there = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    request.rx[i] = {.offset = 0, .length = *length_up_to(piece_sizes[i]).as("receive piece")};
    request.tx[i] = *piece_of(piece_sizes[i]);
    room += request.rx[i].length;
    there += request.tx[i].length;
  }
  request.rx_length = form == Form::in_place ? *length_in_place()
                                             : *part_of(form == Form::copy ? std::min(room, there) : room);
  request.tx_length = *part_of(there);
  request.channel = any_channel();
  request.mode = *rc::gen::inRange(0u, 4u);
  const std::uint32_t longest = form == Form::in_place ? request.rx_length : std::max(room, there);
  request.frequency = frequency_for(longest);
  // Copies beside long transfers take the computer's time as well.
  if (longest <= usually_longest)
    request.crowd = *rc::gen::weightedElement<std::uint32_t>({{10, 0}, {2, 1}, {1, 2}});
  request.lsb_first = *rc::gen::inRange(0u, 2u);
  if (form == Form::half_duplex_read || form == Form::half_duplex_write) {
    request.command_bits = *rc::gen::element(0u, 8u, 16u);
    request.address_bits = *rc::gen::element(0u, 24u, 32u);
    request.dummy_cycles = *rc::gen::element(0u, 2u, 9u);
    request.phase_lines = *rc::gen::element(0u, 2u, 3u);
    request.data_lines = *rc::gen::inRange(0u, 4u);
    // The bus has to have time to turn round.
    if (form == Form::half_duplex_read && request.command_bits + request.address_bits != 0)
      request.dummy_cycles = std::max(request.dummy_cycles, 2u);
  }
  if (form != Form::by_the_cpu) {
    request.end =
        static_cast<End>(*rc::gen::weightedElement<std::uint32_t>({{3, 0}, {1, 1}, {1, 2}, {1, 3}}));
    if (request.end != End::by_itself)
      request.microseconds = *rc::gen::inRange(0u, longest > 2 * usually_longest ? 20'000u : 2000u);
    request.start = start_of(form);
    const bool sends = form == Form::full_duplex || form == Form::write || form == Form::half_duplex_write ||
                       form == Form::copy;
    if (request.start == Start::in_parts) {
      request.rx_length = request.tx_length = whole;
      request.channel.rx_burst = 0;  // or most cases were misaligned
      request.pause = *rc::gen::element(0u, 5u, 100u, 3000u);
      request.holds = *rc::gen::inRange(0u, 2u);
    } else if (sends && request.start != Start::with_own_lists)
      request.loops = *rc::gen::weightedElement<std::uint32_t>({{3, 0}, {1, 1}});
  }
  return request;
}

bool try_form(Bench& bench, Form form, const std::string& name) {
  return rc::check(name, [&] {
    Request request = request_of(form);
    const auto seed = *rc::gen::inRange(0u, 1000u);
    RC_LOG() << request << '\n';
    bench.start_anew();
    check(bench, request, seed);
    if (request.start == Start::prepared || request.start == Start::with_own_lists) {
      // What is prepared stays so, whatever became of the first time.
      request.again = 1;
      request.end = End::by_itself;
      check(bench, request, seed + 2);
    }
    // Whatever became of it: the same parts, from end to end.
    Request full{};
    full.form = Form::full_duplex;
    full.rx_length = full.tx_length = 0xFFFF'FFFF;
    full.rx[0] = full.tx[0] = {.offset = 0, .length = 120};
    full.rx[2] = full.tx[2] = {.offset = 0, .length = 33};
    full.channel = usual_channel;
    full.frequency = 4;
    check(bench, full, seed + 1);
  });
}

// One of a few operations, so that many are the same as one before.
Request one_of_a_few(const Request& first) {
  Request request = first;
  request.stays = request.plain = 1;
  request.form =
      *rc::gen::element(Form::full_duplex, Form::full_duplex, Form::in_place, Form::write, Form::read,
                        Form::half_duplex_write, Form::half_duplex_read, Form::by_the_cpu);
  request.rx_length = *rc::gen::element(0u, 5u, 64u, 300u, 4099u);
  request.tx_length = *rc::gen::element(0u, 5u, 64u, 300u, 4099u);
  if (*rc::gen::inRange(0u, 3u) != 0) request.tx_length = request.rx_length;
  request.rx = request.tx = {Piece{}, Piece{}, Piece{.offset = 0, .length = 4099}};
  if (request.form == Form::by_the_cpu) {
    request.rx = request.tx = {Piece{.offset = 0, .length = 70}, Piece{}, Piece{}};
  } else if (request.form == Form::half_duplex_read || request.form == Form::half_duplex_write) {
    request.command_bits = *rc::gen::element(0u, 8u);
    request.address_bits = *rc::gen::element(0u, 24u);
    request.dummy_cycles = *rc::gen::element(2u, 9u);
    request.phase_lines = 0;
    request.data_lines = *rc::gen::element(0u, 3u);
  }
  if (request.form != Form::by_the_cpu)
    request.end =
        static_cast<End>(*rc::gen::weightedElement<std::uint32_t>({{8, 0}, {1, 1}, {1, 2}, {1, 3}}));
  if (request.end != End::by_itself) request.microseconds = *rc::gen::inRange(0u, 300u);
  return request;
}

// What the driver remembers of one operation may not spoil the next.
bool try_sequences(Bench& bench) {
  return rc::check("one after the other", [&] {
    Request first{};
    first.form = Form::write;
    first.channel = any_channel();
    first.mode = *rc::gen::inRange(0u, 4u);
    first.frequency = *rc::gen::inRange(1u, static_cast<std::uint32_t>(frequencies.size()));
    first.lsb_first = *rc::gen::inRange(0u, 2u);
    const auto seed = *rc::gen::inRange(0u, 1000u);
    bench.start_anew();
    check(bench, first, seed);
    const auto count = *rc::gen::inRange(1u, 12u);
    for (std::uint32_t i = 1; i <= count; ++i) {
      const Request request = one_of_a_few(first);
      RC_LOG() << request << '\n';
      check(bench, request, seed + i);
    }
  });
}

}  // namespace
}  // namespace properties

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: run OPERATIONS.elf\n";
    return 2;
  }
  setenv("RC_PARAMS", "seed=1 max_success=60", 0);
  properties::Bench bench(arguments[1]);
  using properties::Form;
  bool passed = true;
  passed &= properties::try_form(bench, Form::full_duplex, "full duplex");
  passed &= properties::try_form(bench, Form::in_place, "in place");
  passed &= properties::try_form(bench, Form::write, "sending alone");
  passed &= properties::try_form(bench, Form::read, "receiving alone");
  passed &= properties::try_form(bench, Form::half_duplex_write, "sending in half duplex");
  passed &= properties::try_form(bench, Form::half_duplex_read, "receiving in half duplex");
  passed &= properties::try_form(bench, Form::copy, "copying");
  passed &= properties::try_form(bench, Form::by_the_cpu, "by the CPU");
  passed &= properties::try_sequences(bench);
  return passed ? 0 : 1;
}
