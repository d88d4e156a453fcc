// queue_run QUEUE_OPERATIONS.elf: queues of random buffers at a random pace. Each buffer that comes out has
// what was on the wire in its turn, no other one has changed, and what the program does with it then touches
// nothing that is under way; afterwards the same parts work at once.
//
// Always the same cases, unless rapidcheck's own RC_PARAMS says otherwise: "seed=1234 max_success=20000".
#include "tests/conformance/properties/queue_bench.hpp"
#include "tests/conformance/properties/queue_model.hpp"
#include "tests/conformance/properties/queue_request.hpp"
#include "tests/conformance/properties/random_channel.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

namespace properties {

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

bool try_form(QueueBench& bench, Form form, const std::string& name) {
  return rc::check(name, [&] {
    QueueRequest request = request_of(form, 0);
    auto seed = *rc::gen::inRange(0u, 1000u);
    log_start(request);
    bench.start_anew();
    QueueModel model(bench, request, seed, 0);
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
    QueueModel again(bench, full, ++seed, form == Form::in_place ? 0 : slot);
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
  properties::QueueBench bench(arguments[1]);
  using properties::Form;
  bool passed = true;
  passed &= properties::try_form(bench, Form::write, "a queue that sends");
  passed &= properties::try_form(bench, Form::read, "a queue that receives");
  passed &= properties::try_form(bench, Form::full_duplex, "a queue in full duplex");
  passed &= properties::try_form(bench, Form::in_place, "a queue in place");
  passed &= properties::try_form(bench, Form::copy, "a queue of copies");
  return passed ? 0 : 1;
}
