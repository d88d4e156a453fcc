#include "tests/conformance/properties/queue_model.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <utility>

namespace properties {

namespace {

bool receives(Form form) { return form != Form::write; }
bool by_spi(Form form) { return form != Form::copy; }

}  // namespace

void QueueModel::start() {
  for (const QueueEntry& entry : request_.first) {
    if (error_.empty()) error_ = fault_of(entry);
    put_in(entry);
  }
  if (!error_.empty()) expected_wire_.clear();
  bench_.begin(request_);
  bench_.run(request_);
}

void QueueModel::exchange(std::uint32_t seed) {
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

std::size_t QueueModel::end() {
  const Answer answer = bench_.run(request_);
  const std::string_view error = error_name(answer.succeeded, answer.error);
  const bool early =
      error_.empty() && request_.end != End::by_itself && (error == "cancelled" || error == "timed_out");
  if (!early) RC_ASSERT(error == error_);
  check_memory_at_end(answer.received, early);
  if (by_spi(request_.form)) check_wire(answer.received, early);
  return entries_.front().slot;
}

std::uint32_t QueueModel::length_of(const QueueEntry& entry) const {
  if (entry.length != all) return entry.length;
  if (request_.form == Form::in_place) return in_place_slots[next_slot_].size;
  return request_.form == Form::read ? entry.room : entry.tx.length;
}

std::string_view QueueModel::fault_of(const QueueEntry& entry) const {
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

bool QueueModel::has_room_for(std::uint32_t length) const {
  const auto is_short = [](std::uint32_t bytes) { return bytes <= of_one_descriptor; };
  return request_.is_tight == 0 ||
         (is_short(length) && is_short(kept_) && std::ranges::all_of(entries_, is_short, &Entry::length));
}

void QueueModel::put_in(const QueueEntry& entry) {
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

void QueueModel::renew(std::uint32_t seed) {
  for (const Slot& slot : {into()[next_slot_], from()[next_slot_]}) {
    const Bytes bytes = random_looking(seed, slot.size);
    bench_.fill(bytes, slot.place);
    std::ranges::copy(bytes, memory_.begin() + slot.place);
  }
}

void QueueModel::check_received(const Entry& entry, const Bytes& after, std::size_t count) {
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

void QueueModel::check_untouched(std::size_t index, const Bytes& after) const {
  for (const Slot& slot : {into()[index], from()[index]}) {
    const auto begin = static_cast<std::ptrdiff_t>(slot.place);
    RC_ASSERT(std::equal(after.begin() + begin, after.begin() + begin + slot.size, memory_.begin() + begin));
  }
}

void QueueModel::check_memory_at_end(std::size_t received, bool early) {
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

void QueueModel::check_wire(std::size_t told, bool early) const {
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

}  // namespace properties
