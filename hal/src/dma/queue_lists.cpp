#include "ferry/dma/queue_lists.hpp"

#include "hal/src/dma/events.hpp"

#include <algorithm>

namespace ferry::dma::detail {

void QueueLists::open(Engine& engine, bool receives, bool sends) {
  engine.adopt(engine.own_rx_list(), engine.own_tx_list());
  rx_ = {};
  tx_ = {};
  if (receives) rx_.list = engine.own_rx_list();
  if (sends) tx_.list = engine.own_tx_list();
  count_ = 0;
}

void QueueLists::close(Engine& engine) { engine.disown(); }

// What is in use goes from the oldest descriptors to the end of the newest entry, perhaps around the end of
// the list.
std::span<Descriptor> QueueLists::room(const Side& side, Stretch Entry::* part, bool at_start,
                                       bool front_leaves) const {
  Stretch oldest = side.kept;
  if (front_leaves && (entries_[0].*part).count != 0) oldest = entries_[0].*part;
  for (std::size_t i = 0; i < count_ && oldest.count == 0; ++i) oldest = entries_[i].*part;
  std::uint32_t begin = side.end, end = side.list->descriptors;
  if (oldest.count == 0) {
    begin = 0;
  } else if (oldest.begin >= side.end) {  // it goes around
    if (at_start) return {};
    end = oldest.begin;
  } else if (at_start) {
    begin = 0;
    end = oldest.begin;
  }
  return {side.list->first + begin, end - begin};
}

template <class Describe>
std::optional<Error> QueueLists::place(const Side& side, Stretch Entry::* part, bool front_leaves,
                                       Stretch& found, Describe describe) const {
  for (const bool at_start : {false, true}) {
    const std::span<Descriptor> free = room(side, part, at_start, front_leaves);
    if (free.empty()) continue;
    const auto described = describe(free);
    if (described) {
      found = {static_cast<std::uint32_t>(free.data() - side.list->first), *described};
      return {};
    }
    if (described.error() != Error::too_few_descriptors) return described.error();
  }
  return Error::too_few_descriptors;
}

std::optional<Error> QueueLists::find_places(const Engine& engine, const Next& next, bool front_leaves,
                                             Entry& entry) const {
  entry.length = next.length;
  if (next.length == 0) return {};
  if (next.rx != nullptr) {
    const auto describe = [&](std::span<Descriptor> free) {
      return engine.describe_receive(free, *next.rx, next.length, next.frame);
    };
    if (auto error = place(rx_, &Entry::rx, front_leaves, entry.rx, describe)) return error;
  }
  if (next.tx == nullptr) return {};
  return place(tx_, &Entry::tx, front_leaves, entry.tx, [&](std::span<Descriptor> free) {
    return Engine::describe_transmit(free, *next.tx, next.length);
  });
}

std::optional<Error> QueueLists::add(const Engine& engine, const Next& next) {
  Entry entry{};
  if (auto error = find_places(engine, next, false, entry)) return error;
  append(entry);
  return {};
}

std::optional<Error> QueueLists::exchange(const Engine& engine, const Next& next) {
  Entry entry{};
  if (auto error = find_places(engine, next, true, entry)) return error;
  if (entries_.front().length != 0) {
    rx_.kept = entries_.front().rx;
    tx_.kept = entries_.front().tx;
  }
  std::shift_left(entries_.begin(), entries_.begin() + count_, 1);
  --count_;
  append(entry);
  return {};
}

void QueueLists::append(const Entry& entry) {
  if (entry.rx.count != 0) link(rx_, entry.rx);
  if (entry.tx.count != 0) link(tx_, entry.tx);
  entries_[count_++] = entry;
}

// GDMA may follow the link at once, so what it finds there has to be in memory.
void QueueLists::link(Side& side, Stretch added) {
  Descriptor* const first = side.list->first;
  compiler_barrier();
  if (side.any) first[side.last].next = address_of(first + added.begin);
  compiler_barrier();
  side.any = true;
  side.last = added.end() - 1;
  side.end = added.end();
}

std::uint32_t QueueLists::arrived(std::size_t index) const {
  compiler_barrier();
  const Entry& entry = entries_[index];
  if (entry.rx.count == 0) return 0;
  // With burst the last descriptor was rounded up, and so may what it received be.
  return std::min(received_length(descriptors(rx_, entry.rx)), entry.length);
}

std::uint32_t QueueLists::read() const {
  compiler_barrier();
  std::uint32_t bytes = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    for (const Descriptor& descriptor : descriptors(tx_, entries_[i].tx)) {
      if (descriptor.owner() == Owner::dma) return bytes;
      bytes += descriptor.length();
    }
  }
  return bytes;
}

bool QueueLists::is_stored(std::size_t index) const {
  compiler_barrier();
  const Stretch part = entries_[index].rx;
  return part.count == 0 || descriptors(rx_, part).back().owner() == Owner::cpu;
}

}  // namespace ferry::dma::detail
