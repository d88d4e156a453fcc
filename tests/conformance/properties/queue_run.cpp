// queue_run QUEUE_OPERATIONS.elf: queues of random buffers at a random pace. Each buffer that comes out has
// what was on the wire in its turn, no other one has changed, and what the program does with it then touches
// nothing that is under way; afterwards the same parts work at once.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "tests/conformance/properties/mailbox.hpp"
#include "tests/conformance/properties/queue_request.hpp"
#include "tests/conformance/properties/random_channel.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <string>

using namespace ferry::board;

namespace properties {

namespace {

constexpr unsigned clock_pin = 0, miso_pin = 2, mosi_pin = 4, select_pin = 5, done_pin = 10;

// Also where it is rounded down to whole words.
constexpr std::uint32_t of_one_descriptor = 4092;

std::uint8_t device_byte(std::size_t index) {
  return static_cast<std::uint8_t>(index * 37 + (index >> 8) + 11);
}
Bytes inverse(Bytes bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
  return bytes;
}
bool receives(Form form) { return form != Form::write; }
bool by_spi(Form form) { return form != Form::copy; }

// The board with what is at the other end of its wires: MISO is the inverse of MOSI, or, where nothing is
// sent, a device's bytes.
class Bench {
 public:
  explicit Bench(const char* firmware) : board_(firmware) {
    board_.watch_dma();
    board_.on_edge(select_pin, [this](bool level) {
      if (!level) ++selects_;
      if (!level && reads_) drive_bit();
    });
    board_.on_edge(clock_pin, [this](bool level) { clocked(level); });
    board_.on_edge(mosi_pin, [this](bool level) {
      if (!reads_) board_.drive(miso_pin, !level);
    });
    mailbox_.begin();
  }

  void start_anew() { mailbox_.start_anew(); }
  Bytes arena() const { return mailbox_.arena(sizeof(QueueArena)); }
  void fill(const Bytes& bytes, std::size_t offset = 0) { mailbox_.fill(bytes, offset); }

  // What is seen from here on belongs to this queue.
  void begin(const QueueRequest& request) {
    mode_ = request.mode;
    lsb_first_ = request.lsb_first != 0;
    reads_ = request.form == Form::read;
    seen_.clear();
    bits_ = 0;
    selects_ = 0;
    board_.drive(miso_pin, !board_.level(mosi_pin));
  }
  Answer run(const QueueRequest& request) {
    mailbox_.send(request);
    RC_ASSERT(board_.run_until_level(done_pin, false, millisecond));
    RC_ASSERT(board_.run_until_level(done_pin, true, second));
    return mailbox_.answer<Answer>();
  }

  // What was on MOSI, and the bits of it, as the last byte may be there in part.
  const Bytes& seen() const { return seen_; }
  std::size_t bits() const { return bits_; }
  unsigned selects() const { return selects_; }
  bool is_selected() const { return !board_.level(select_pin); }

 private:
  unsigned place() const { return lsb_first_ ? bits_ % 8 : 7 - bits_ % 8; }
  void clocked(bool level) {
    if (!is_selected()) return;
    if (level == (mode_ == 0 || mode_ == 3)) {
      if (bits_ % 8 == 0) seen_.push_back(0);
      if (board_.level(mosi_pin)) seen_.back() = static_cast<std::uint8_t>(seen_.back() | 1u << place());
      ++bits_;
    } else if (reads_) {
      drive_bit();
    }
  }
  void drive_bit() { board_.drive(miso_pin, (device_byte(bits_ / 8) >> place() & 1) != 0); }

  TestBoard board_;
  Mailbox mailbox_{board_};
  std::uint32_t mode_ = 0;
  bool lsb_first_ = false, reads_ = false;
  Bytes seen_;
  std::size_t bits_ = 0;
  unsigned selects_ = 0;
};

// One that is in the queue.
struct Entry {
  std::size_t slot;
  Bytes received;  // what is to come in; nothing where nothing is received
  std::uint32_t length;
};

// A queue as it has to be, beside the one on the board.
class Model {
 public:
  Model(Bench& bench, const QueueRequest& request, std::uint32_t seed, std::size_t first_slot)
      : bench_(bench),
        request_(request),
        next_slot_(first_slot),
        memory_(random_looking(seed, sizeof(QueueArena))) {
    bench_.fill(memory_);
  }

  void start() {
    for (const QueueEntry& entry : request_.first) {
      if (error_.empty()) error_ = fault_of(entry);
      put_in(entry);
    }
    if (!error_.empty()) expected_wire_.clear();
    bench_.begin(request_);
    bench_.run(request_);
  }

  // One exchange, with other bytes in the buffers that go in.
  void exchange(std::uint32_t seed) {
    renew(seed);
    const Answer answer = bench_.run(request_);
    const std::string_view error = error_name(answer.succeeded, answer.error);
    const Bytes after = bench_.arena();
    if (error.empty()) {
      RC_ASSERT(error_.empty() && fault_of(request_.next).empty());
      put_in(request_.next);
      const Entry out = std::move(entries_.front());
      entries_.pop_front();
      out_ += out.length;
      if (out.length != 0) kept_ = out.length;
      RC_ASSERT(answer.received == out.received.size());
      if (by_spi(request_.form)) RC_ASSERT(bench_.bits() >= out_ * 8);
      check_received(out, after, out.received.size());
    } else {
      const bool may_fail = (error == "timed_out" && request_.patience != all) ||
                            (error == "too_few_descriptors" && !has_room_for(length_of(request_.next)));
      if (!may_fail) RC_ASSERT(error == (error_.empty() ? fault_of(request_.next) : error_));
      check_untouched(next_slot_, after);
    }
  }

  // Where the next entry lies.
  std::size_t next_slot() const { return next_slot_; }

  // Gives the slot that the next queue begins with.
  std::size_t end() {
    const Answer answer = bench_.run(request_);
    const std::string_view error = error_name(answer.succeeded, answer.error);
    const bool early =
        error_.empty() && request_.end != End::by_itself && (error == "cancelled" || error == "timed_out");
    if (!early) RC_ASSERT(error == error_);
    check_memory_at_end(answer.received, early);
    if (by_spi(request_.form)) check_wire(answer.received, early);
    return entries_.front().slot;
  }

 private:
  const std::array<Slot, 3>& into() const {
    return request_.form == Form::in_place ? in_place_slots : rx_slots;
  }
  const std::array<Slot, 3>& from() const {
    return request_.form == Form::in_place ? in_place_slots : tx_slots;
  }

  // Bytes that are asked for.
  std::uint32_t length_of(const QueueEntry& entry) const {
    if (entry.length != all) return entry.length;
    if (request_.form == Form::in_place) return in_place_slots[next_slot_].size;
    return request_.form == Form::read ? entry.room : entry.tx.length;
  }
  // What is wrong with an entry for the next slot, by the name of dma::Error.
  std::string_view fault_of(const QueueEntry& entry) const {
    const Form form = request_.form;
    const std::uint32_t length = length_of(entry);
    if (form == Form::in_place) return length > in_place_slots[next_slot_].size ? "length_beyond_buffer" : "";
    if (form == Form::full_duplex && entry.length == all && entry.room != entry.tx.length)
      return "lengths_differ";
    if (length == 0) return "";
    if (form != Form::write) {
      if (length > entry.room) return "length_beyond_buffer";
      if (request_.channel.rx_burst != 0 && (length + 3) / 4 * 4 > rx_slots[next_slot_].size)
        return "misaligned";
    }
    return form != Form::read && length > entry.tx.length ? "length_beyond_buffer" : "";
  }

  // With three descriptors there is room for three buffers of one each: two in the queue, and the one that
  // came out last. Where one takes more, it depends on how they lie.
  bool has_room_for(std::uint32_t length) const {
    const auto is_short = [](std::uint32_t bytes) { return bytes <= of_one_descriptor; };
    return request_.is_tight == 0 ||
           (is_short(length) && is_short(kept_) && std::ranges::all_of(entries_, is_short, &Entry::length));
  }

  void put_in(const QueueEntry& entry) {
    const std::uint32_t length = length_of(entry);
    const std::size_t offset = request_.form == Form::in_place ? 0 : entry.tx.offset;
    const auto begin = memory_.begin() + static_cast<std::ptrdiff_t>(from()[next_slot_].place + offset);
    Bytes bytes = request_.form == Form::read ? Bytes(length) : Bytes(begin, begin + length);
    const std::size_t at = expected_wire_.size();
    expected_wire_.insert(expected_wire_.end(), bytes.begin(), bytes.end());
    if (request_.form == Form::read)
      for (std::uint32_t i = 0; i < length; ++i) bytes[i] = device_byte(at + i);
    if (request_.form == Form::full_duplex || request_.form == Form::in_place)
      bytes = inverse(std::move(bytes));
    if (!receives(request_.form)) bytes.clear();
    if (length != 0) ++not_empty_;
    entries_.push_back({.slot = next_slot_, .received = std::move(bytes), .length = length});
    next_slot_ = (next_slot_ + 1) % 3;
  }

  // The program's own buffers have other bytes.
  void renew(std::uint32_t seed) {
    for (const Slot& slot : {into()[next_slot_], from()[next_slot_]}) {
      const Bytes bytes = random_looking(seed, slot.size);
      bench_.fill(bytes, slot.place);
      std::ranges::copy(bytes, memory_.begin() + slot.place);
    }
  }

  // Whether the first `count` bytes of what it was to receive are there, perhaps more, and nothing else.
  void check_received(const Entry& entry, const Bytes& after, std::size_t count) {
    const Slot& slot = into()[entry.slot];
    std::size_t end = entry.received.size();
    for (std::size_t i = 0; i < end; ++i) {
      std::uint8_t& byte = memory_[slot.place + i];
      const std::uint8_t there = after[slot.place + i];
      if (i < count || there != byte) RC_ASSERT(there == entry.received[i]);
      byte = there;
    }
    // A burst completes its last word.
    for (; request_.channel.rx_burst != 0 && end % 4 != 0; ++end)
      memory_[slot.place + end] = after[slot.place + end];
    check_untouched(entry.slot, after);
  }
  void check_untouched(std::size_t index, const Bytes& after) const {
    for (const Slot& slot : {into()[index], from()[index]}) {
      const auto begin = static_cast<std::ptrdiff_t>(slot.place);
      RC_ASSERT(
          std::equal(after.begin() + begin, after.begin() + begin + slot.size, memory_.begin() + begin));
    }
  }
  void check_memory_at_end(std::size_t received, bool early) {
    const Bytes after = bench_.arena();
    std::size_t left = 0;
    for (const Entry& entry : entries_) left += entry.received.size();
    if (!error_.empty()) {
      RC_ASSERT(received == 0u);
      RC_ASSERT(after == memory_);
      return;
    }
    if (receives(request_.form)) early ? RC_ASSERT(received <= left) : RC_ASSERT(received == left);
    std::size_t count = receives(request_.form) ? received : 0;
    for (const Entry& entry : entries_) {
      const std::size_t of_this = std::min(count, entry.received.size());
      check_received(entry, after, of_this);
      count -= of_this;
    }
    RC_ASSERT(after == memory_);
  }

  void check_wire(std::size_t told, bool early) const {
    RC_ASSERT(!bench_.is_selected());
    RC_ASSERT(bench_.bits() % 8 == 0u);
    Bytes wire = expected_wire_;
    if (early) {
      RC_ASSERT(bench_.seen().size() <= wire.size());
      wire.resize(bench_.seen().size());
    }
    RC_ASSERT(bench_.seen() == wire);
    const unsigned selects = request_.holds != 0 ? std::min(not_empty_, 1u) : not_empty_;
    if (early || !error_.empty()) {
      RC_ASSERT(bench_.selects() <= (error_.empty() ? selects : 0));
    } else {
      RC_ASSERT(bench_.selects() == selects);
    }
    if (early && !receives(request_.form)) {
      // Of the buffers that come back; not much less than has left: a descriptor, and what FIFOs hold.
      const std::size_t sent = wire.size() - std::min<std::size_t>(wire.size(), out_);
      RC_ASSERT(told <= sent);
      RC_ASSERT(sent - told <= 4095u + 128u);
    }
  }

  Bench& bench_;
  const QueueRequest& request_;
  std::size_t next_slot_;
  Bytes memory_;            // what is to be in the arena, but for what is under way
  std::string_view error_;  // the queue's end from the start
  std::deque<Entry> entries_;
  std::uint32_t kept_ = 0;  // length of the one that came out last, of those with bytes
  std::size_t out_ = 0;     // bytes of those that have come out
  Bytes expected_wire_;
  unsigned not_empty_ = 0;  // entries with bytes
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const QueueEntry& entry) {
  return out << entry.length << " of " << entry.room << " and " << entry.tx.offset << '+' << entry.tx.length;
}

namespace {

void log_start(const QueueRequest& request) {
  static constexpr const char* forms[] = {"full_duplex", "in_place", "write", "read", "", "", "copy"};
  RC_LOG() << forms[static_cast<std::uint32_t>(request.form)] << ", " << request.channel << ", mode "
           << request.mode << ", " << frequencies[request.frequency] << " Hz"
           << (request.lsb_first != 0 ? ", LSB first" : "") << (request.holds != 0 ? ", held" : "")
           << (request.is_tight != 0 ? ", tight" : "") << ", starts with " << request.first[0] << ", "
           << request.first[1] << '\n';
}
void log_exchange(const QueueRequest& request) {
  RC_LOG() << request.next << " after " << request.pause << " us" << (request.asks != 0 ? ", asks" : "");
  if (request.patience != all) RC_LOG() << ", waits " << request.patience << " us";
  RC_LOG() << '\n';
}
void log_end(const QueueRequest& request) {
  static constexpr const char* ends[] = {"by itself", "cancelled", "by a deadline", "dropped"};
  RC_LOG() << "ends " << ends[static_cast<std::uint32_t>(request.end)] << " after " << request.microseconds
           << " us\n";
}

// Mostly one that can be: a part of whole buffers, or all of parts of them.
QueueEntry entry_of(std::size_t slot, bool is_tight) {
  const std::uint32_t size = rx_slots[slot].size;
  const bool is_short = is_tight && *rc::gen::inRange(0, 10) != 0;
  const Piece piece = *piece_of(is_short ? std::min(size, of_one_descriptor) : size);
  switch (*rc::gen::weightedElement<std::uint32_t>({{6, 0}, {5, 1}, {1, 2}, {1, 3}})) {
    case 0:
      return {size, {piece.offset, size - piece.offset}, piece.length};
    case 1:
      return {piece.length, piece, all};
    case 2:
      return {size, piece, piece.length + 1};  // beyond what is to be sent
    default:
      return {*rc::gen::inRange(0u, size + 1), piece, all};
  }
}
// What a queue starts with is always whole.
QueueEntry first_entry_of(std::size_t slot, bool is_tight) {
  const std::uint32_t size = rx_slots[slot].size;
  const Piece piece = *piece_of(is_tight ? std::min(size, of_one_descriptor) : size);
  return {piece.length, piece, all};
}

QueueRequest request_of(Form form, std::size_t slot) {
  QueueRequest request{};
  request.form = form;
  request.channel = any_channel();
  request.mode = *rc::gen::inRange(0u, 4u);
  request.frequency = *rc::gen::inRange(2u, static_cast<std::uint32_t>(frequencies.size()));
  request.lsb_first = *rc::gen::inRange(0u, 2u);
  request.holds = *rc::gen::inRange(0u, 2u);
  request.is_tight = *rc::gen::inRange(0u, 2u);
  const bool is_tight = request.is_tight != 0;
  request.first = {first_entry_of(slot, is_tight), first_entry_of(slot + 1, is_tight)};
  return request;
}

void choose_exchange(QueueRequest& request, std::size_t slot) {
  const bool is_tight = request.is_tight != 0;
  request.next = entry_of(slot, is_tight);
  if (request.form == Form::in_place)
    request.next.length = *length_up_to(is_tight ? of_one_descriptor : in_place_slots[slot].size + 2);
  request.pause = *rc::gen::weightedOneOf<std::uint32_t>(
      {{3, rc::gen::just(0u)}, {1, rc::gen::inRange(0u, 30u)}, {1, rc::gen::inRange(0u, 5000u)}});
  request.asks = *rc::gen::inRange(0u, 2u);
  request.patience =
      *rc::gen::weightedOneOf<std::uint32_t>({{3, rc::gen::just(all)}, {1, rc::gen::inRange(0u, 3000u)}});
}

bool try_form(Bench& bench, Form form, const std::string& name) {
  return rc::check(name, [&] {
    QueueRequest request = request_of(form, 0);
    auto seed = *rc::gen::inRange(0u, 1000u);
    log_start(request);
    bench.start_anew();
    Model model(bench, request, seed, 0);
    model.start();
    const auto count = *rc::gen::inRange(0u, 10u);
    for (std::uint32_t i = 0; i < count; ++i) {
      choose_exchange(request, model.next_slot());
      log_exchange(request);
      model.exchange(++seed);
    }
    request.ends = 1;
    request.end =
        static_cast<End>(*rc::gen::weightedElement<std::uint32_t>({{3, 0}, {1, 1}, {1, 2}, {1, 3}}));
    if (request.end != End::by_itself) request.microseconds = *rc::gen::inRange(0u, 3000u);
    log_end(request);
    const std::size_t slot = model.end();
    // Whatever became of it: the same parts, at full speed.
    // Buffers in place are always whole, and one is long: others instead, which nobody has used yet.
    QueueRequest full{};
    full.form = form == Form::in_place ? Form::full_duplex : form;
    full.channel = usual_channel;
    full.is_tight = request.is_tight;
    full.frequency = 4;
    full.first = {QueueEntry{120, {0, 120}, all}, QueueEntry{33, {1, 33}, all}};
    full.patience = all;
    Model again(bench, full, ++seed, form == Form::in_place ? 0 : slot);
    again.start();
    full.next = {3000, {0, 3000}, 3000};
    again.exchange(++seed);
    full.ends = 1;
    again.end();
  });
}

}  // namespace
}  // namespace properties

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: queue_run QUEUE_OPERATIONS.elf\n";
    return 2;
  }
  setenv("RC_PARAMS", "seed=1 max_success=30", 0);
  properties::Bench bench(arguments[1]);
  using properties::Form;
  bool passed = true;
  passed &= properties::try_form(bench, Form::write, "a queue that sends");
  passed &= properties::try_form(bench, Form::read, "a queue that receives");
  passed &= properties::try_form(bench, Form::full_duplex, "a queue in full duplex");
  passed &= properties::try_form(bench, Form::in_place, "a queue in place");
  passed &= properties::try_form(bench, Form::copy, "a queue of copies");
  return passed ? 0 : 1;
}
