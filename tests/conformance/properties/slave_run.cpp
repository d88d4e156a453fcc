// slave_run SLAVE_OPERATIONS.elf: a slave on the board, and a master that sends whatever it likes: more,
// less, parts of bytes, and while the slave's program takes its transfer away. What arrives is what was sent,
// both ways, nothing else changes, and afterwards the same parts work at once.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "tests/conformance/properties/mailbox.hpp"
#include "tests/conformance/properties/random_channel.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace ferry::board;

namespace properties {

namespace {

constexpr unsigned clock_pin = 0, miso_pin = 2, mosi_pin = 4, select_pin = 5, armed_pin = 10;
constexpr Time half_period = 100 * nanosecond;
constexpr std::size_t never_taken_away = ~std::size_t{0};

// One chip select of the master.
struct Transaction {
  Bytes bytes;
  std::uint32_t extra_bits = 0;
  std::size_t taken_away_at = never_taken_away;  // before this bit
};

class Bench {
 public:
  explicit Bench(const char* firmware) : board_(firmware) {
    board_.watch_dma();
    board_.drive(select_pin, true);
    board_.drive(clock_pin, false);
    mailbox_.begin();
    taken_away_ = board_.address_of("taken_away");
  }

  void start_anew() { mailbox_.start_anew(); }
  Bytes arena() const { return mailbox_.arena(sizeof(Arena)); }
  void fill(const Bytes& bytes) { mailbox_.fill(bytes); }

  // Has the slave armed. False when it was over at once.
  bool arm(const SlaveRequest& request) {
    mode_ = request.mode;
    lsb_first_ = request.lsb_first != 0;
    board_.drive(clock_pin, mode_ >= 2);
    board_.set_word(taken_away_, 0);
    mailbox_.set_answer(pending);
    mailbox_.send(request);
    RC_ASSERT(board_.run_until_level(armed_pin, true, millisecond));
    board_.run_for(20 * microsecond);
    return board_.level(armed_pin);
  }
  // What the slave sent.
  Bytes exchange(const Transaction& transaction) {
    Bytes in;
    bit_ = 0;
    board_.drive(select_pin, false);
    board_.run_for(half_period);
    for (const std::uint8_t byte : transaction.bytes) {
      unsigned got = 0;
      for (unsigned i = 0; i < 8; ++i) {
        const unsigned place = lsb_first_ ? i : 7 - i;
        if (exchange_bit((byte >> place & 1) != 0, transaction)) got |= 1u << place;
      }
      in.push_back(static_cast<std::uint8_t>(got));
    }
    for (std::uint32_t i = 0; i < transaction.extra_bits; ++i) exchange_bit(true, transaction);
    board_.run_for(half_period);
    board_.drive(select_pin, true);
    board_.run_for(half_period);
    if (transaction.taken_away_at != never_taken_away) board_.set_word(taken_away_, 1);
    return in;
  }
  SlaveAnswer answer() {
    RC_ASSERT(board_.run_until_level(armed_pin, false, 100 * millisecond));
    return mailbox_.answer<SlaveAnswer>();
  }

 private:
  static constexpr std::uint32_t pending = 0xFFFF'FFFF;

  bool exchange_bit(bool out, const Transaction& transaction) {
    if (bit_++ == transaction.taken_away_at) board_.set_word(taken_away_, 1);
    const bool idle = mode_ >= 2, shifts_first = mode_ % 2 == 1;
    if (shifts_first) board_.drive(clock_pin, !idle);
    board_.drive(mosi_pin, out);
    board_.run_for(half_period);
    const bool in = board_.level(miso_pin);
    board_.drive(clock_pin, shifts_first ? idle : !idle);
    board_.run_for(half_period);
    if (!shifts_first) board_.drive(clock_pin, idle);
    return in;
  }

  TestBoard board_;
  Mailbox mailbox_{board_};
  std::uint32_t taken_away_ = 0;
  std::uint32_t mode_ = 0;
  bool lsb_first_ = false;
  std::size_t bit_ = 0;
};

struct Expected {
  std::string_view error;  // of arming
  Reception reception;     // as far as there is room
  Bytes sent;              // as far as there is something to send
  bool receives = false;
};

Expected expect(const SlaveRequest& request, const Bytes& arena) {
  const bool in_place = request.form == Form::in_place;
  std::vector<std::size_t> where = in_place ? places_in_place(in_place_size) : places(request.rx);
  Bytes source = in_place ? Bytes(arena.begin() + offsetof(Arena, in_place),
                                  arena.begin() + offsetof(Arena, in_place) + in_place_size)
                          : taken(arena, request.tx);
  const auto resolve = [](std::uint32_t length, std::size_t all) {
    return length == whole ? static_cast<std::uint32_t>(all) : length;
  };
  std::uint32_t rx_length = resolve(request.rx_length, where.size());
  std::uint32_t tx_length = in_place ? rx_length : resolve(request.tx_length, source.size());
  if (request.form == Form::read) tx_length = 0;
  if (request.form == Form::write) rx_length = 0;
  Expected expected;
  if (rx_length > where.size()) {
    expected.error = "length_beyond_buffer";
  } else if (request.channel.rx_burst != 0 && !in_place && misaligned(request.rx, rx_length)) {
    expected.error = "misaligned";
  } else if (tx_length > source.size()) {
    expected.error = "length_beyond_buffer";
  }
  if (!expected.error.empty()) return expected;
  where.resize(rx_length);
  source.resize(tx_length);
  expected.receives = rx_length != 0;
  expected.reception = {.where = std::move(where), .bytes = {}};
  if (request.channel.rx_burst != 0) expected.reception.rounding = (4 - rx_length % 4) % 4;
  expected.sent = std::move(source);
  return expected;
}

void check_success(const SlaveAnswer& answer, const Transaction& transaction, const Expected& expected,
                   std::size_t stored) {
  const auto clocked = static_cast<std::uint32_t>(transaction.bytes.size());
  RC_ASSERT(answer.length == clocked);
  RC_ASSERT(answer.received == stored);
  RC_ASSERT(answer.sent == std::min<std::size_t>(clocked, expected.sent.size()));
  RC_ASSERT(answer.extra_bits == transaction.extra_bits);
}

void check(Bench& bench, const SlaveRequest& request, const Transaction& transaction, std::uint32_t seed) {
  const Bytes before = random_looking(seed);
  bench.fill(before);
  Expected expected = expect(request, before);
  const std::size_t room = expected.reception.where.size();
  const std::size_t stored = std::min(room, transaction.bytes.size());
  expected.reception.bytes.assign(transaction.bytes.begin(),
                                  transaction.bytes.begin() + static_cast<std::ptrdiff_t>(stored));

  const bool nothing = expected.error.empty() && room == 0 && expected.sent.empty();
  const bool armed = bench.arm(request);
  RC_ASSERT(armed == (expected.error.empty() && !nothing));
  if (!armed) {
    const SlaveAnswer answer = bench.answer();
    RC_ASSERT(error_name(answer.succeeded, answer.error) == expected.error);
    RC_ASSERT(answer.received == 0u);
    RC_ASSERT(bench.arena() == before);
    return;
  }
  const Bytes got = bench.exchange(transaction);
  const SlaveAnswer answer = bench.answer();
  const std::string_view error = error_name(answer.succeeded, answer.error);
  const bool cancelled = transaction.taken_away_at != never_taken_away && error == "cancelled";
  // A slave that only sends tells what the master has taken for certain.
  if (cancelled && !expected.receives) {
    RC_ASSERT(answer.received <= std::min(transaction.taken_away_at / 8, expected.sent.size()));
    return check_memory(before, bench.arena(), expected.reception, 0);
  }
  if (cancelled) {
    RC_ASSERT(answer.received <= stored);
    return check_memory(before, bench.arena(), expected.reception, answer.received);
  }
  // Zeros follow what the slave has to send.
  Bytes sent = expected.sent;
  sent.resize(transaction.bytes.size());
  RC_ASSERT(got == sent);
  check_memory(before, bench.arena(), expected.reception, stored);
  if (expected.receives && transaction.bytes.size() > room) {
    RC_ASSERT(error == "rx_list_too_short");
    RC_ASSERT(answer.received == room);
  } else {
    RC_ASSERT(error == "");
    check_success(answer, transaction, expected, stored);
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const SlaveRequest& request) {
  out << "rx " << request.rx_length << " of";
  for (const Piece& piece : request.rx) out << ' ' << piece.length;
  out << ", tx " << request.tx_length << " of";
  for (const Piece& piece : request.tx) out << ' ' << piece.offset << '+' << piece.length;
  return out << ", " << request.channel << ", mode " << request.mode
             << (request.lsb_first != 0 ? ", LSB first" : "");
}

namespace {

// The master's wire takes the computer's time, so most pieces are short.
rc::Gen<std::uint32_t> short_length(std::uint32_t most) {
  return rc::gen::map(
      rc::gen::weightedOneOf<std::uint32_t>({{6, rc::gen::inRange(0u, 10u)},
                                             {3, rc::gen::inRange(60u, 200u)},
                                             {1, length_up_to(std::min(most, usually_longest))}}),
      [most](std::uint32_t length) { return std::min(length, most); });
}

SlaveRequest request_of(Form form) {
  SlaveRequest request{};
  request.form = form;
  std::uint32_t room = 0, there = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    request.rx[i].length = *short_length(piece_sizes[i]);
    request.tx[i].length = *short_length(piece_sizes[i]);
    request.tx[i].offset = *rc::gen::inRange(0u, piece_sizes[i] - request.tx[i].length + 1);
    room += request.rx[i].length;
    there += request.tx[i].length;
  }
  request.rx_length = form == Form::in_place
                          ? *rc::gen::weightedOneOf<std::uint32_t>(
                                {{9, short_length(in_place_size)},
                                 {1, rc::gen::inRange(in_place_size + 1, in_place_size + 5)}})
                          : *part_of(room);
  request.tx_length = *part_of(there);
  request.channel = any_channel();
  request.mode = *rc::gen::inRange(0u, 4u);
  request.lsb_first = *rc::gen::inRange(0u, 2u);
  return request;
}

// About as long as the slave expects, or not.
Transaction transaction_of(const SlaveRequest& request) {
  std::uint32_t room = request.form == Form::write ? 0 : request.rx_length;
  if (room == whole) room = request.rx[0].length + request.rx[1].length + request.rx[2].length;
  Transaction transaction;
  transaction.bytes.resize(*rc::gen::weightedOneOf<std::uint32_t>(
      {{2, rc::gen::just(room)}, {2, rc::gen::inRange(0u, room + 6)}, {2, rc::gen::inRange(0u, 300u)}}));
  const Bytes data = random_looking(*rc::gen::inRange(1000u, 2000u));
  for (std::size_t i = 0; i < transaction.bytes.size(); ++i) transaction.bytes[i] = data[i % data.size()];
  transaction.extra_bits = *rc::gen::weightedElement<std::uint32_t>({{3, 0}, {1, 1}, {1, 7}});
  const std::size_t bits = transaction.bytes.size() * 8 + transaction.extra_bits;
  if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}}))
    transaction.taken_away_at = *rc::gen::inRange<std::size_t>(0, bits + 2);
  return transaction;
}

bool try_form(Bench& bench, Form form, const std::string& name) {
  return rc::check(name, [&] {
    const SlaveRequest request = request_of(form);
    const Transaction transaction = transaction_of(request);
    const auto seed = *rc::gen::inRange(0u, 1000u);
    RC_LOG() << request << "; the master clocks " << transaction.bytes.size() << " bytes and "
             << transaction.extra_bits << " bits";
    if (transaction.taken_away_at != never_taken_away)
      RC_LOG() << ", taken away before bit " << transaction.taken_away_at;
    RC_LOG() << '\n';
    bench.start_anew();
    check(bench, request, transaction, seed);
    // Whatever became of it: the same parts, from end to end.
    SlaveRequest full{};
    full.form = Form::full_duplex;
    full.channel = usual_channel;
    full.rx_length = full.tx_length = whole;
    full.rx[0] = full.tx[0] = {.offset = 0, .length = 32};
    full.rx[2] = full.tx[2] = {.offset = 0, .length = 13};
    check(bench, full, {.bytes = Bytes(45, 0x5A)}, seed + 1);
  });
}

}  // namespace
}  // namespace properties

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: slave_run SLAVE_OPERATIONS.elf\n";
    return 2;
  }
  setenv("RC_PARAMS", "seed=1 max_success=300", 0);
  properties::Bench bench(arguments[1]);
  using properties::Form;
  bool passed = true;
  passed &= properties::try_form(bench, Form::full_duplex, "a slave in full duplex");
  passed &= properties::try_form(bench, Form::in_place, "a slave in place");
  passed &= properties::try_form(bench, Form::write, "a slave that sends alone");
  passed &= properties::try_form(bench, Form::read, "a slave that receives alone");
  return passed ? 0 : 1;
}
