// Which loops are told of when they go round: those of a few instructions that do nothing but wait or count.
//
// This only draws the attention of IdleLoops, which proves what it skips. But every round costs a call, so
// loops that work are to be left alone: whatever moves through memory or mixes bits works.
#include "board/cpu/code.hpp"

namespace ferry::board {

namespace {

using enum Operation;

constexpr std::uint32_t longest_loop = 24;  // slots

constexpr std::uint64_t bit_of(std::uint8_t number) { return std::uint64_t{1} << number; }

bool has_result(const Slot& slot) {
  return !is_store(slot.operation) && !is_branch(slot.operation) && slot.operation != nop;
}

// Computing with a counter gives another counter, an answer that stays the same for long, or something of
// which nothing is known.
bool counts(Operation operation) {
  return operation == mv || operation == addi || operation == add || operation == sub || operation == slli;
}
bool answers(Operation operation) {
  return operation == slt || operation == slti || operation == sltu || operation == sltiu ||
         operation == srli || is_branch(operation);
}

// Whether a store of [first, end] goes where `load` comes from.
bool is_stored(const Slot* first, const Slot* end, const Slot& load) {
  for (const Slot* slot = first; slot < end; slot += slot->length)
    if (is_store(slot->operation) && slot->source == load.source && slot->immediate == load.immediate)
      return true;
  return false;
}

bool only_waits(const Slot* first, const Slot* end) {
  std::uint64_t written = 0, read_first = 0;
  for (const Slot* slot = first; slot <= end; slot += slot->length) {
    std::uint64_t read = bit_of(other_register(*slot));
    if (reads_source(*slot)) read |= bit_of(slot->source);
    read_first |= read & ~written;
    if (has_result(*slot)) written |= bit_of(slot->destination);
  }
  // Registers that differ from pass to pass: by the same each time, or somehow.
  const std::uint64_t carried = written & read_first & ~bit_of(discarded);
  std::uint64_t counters = carried, others = 0;
  for (const Slot* slot = first; slot <= end; slot += slot->length) {
    const Operation operation = slot->operation;
    std::uint64_t read = bit_of(other_register(*slot));
    if (is_load(operation) || is_store(operation)) {
      if (((counters | others) & bit_of(slot->source)) != 0 || (others & read) != 0) return false;
    } else if (reads_source(*slot)) {
      read |= bit_of(slot->source);
    }
    const bool from_counter = (counters & read) != 0, from_other = (others & read) != 0;
    // Where a pass goes then, no earlier pass can tell: a search, not a wait.
    if (is_branch(operation) && from_other) return false;
    if (!has_result(*slot)) continue;
    const std::uint64_t result = bit_of(slot->destination);
    counters &= ~result;
    others &= ~result;
    if (is_load(operation)) {
      if (is_stored(first, end, *slot)) counters |= result;
    } else if (from_counter && !from_other && counts(operation)) {
      counters |= result;
    } else if (from_other || (from_counter && !answers(operation))) {
      others |= result;
    }
  }
  return (carried & ~counters) == 0;
}

}  // namespace

// `index` lies in a basic block that has been decoded from there on, or is its end.
void CodeRegion::mark_waiting_loop(std::uint32_t index) {
  const auto decoded = [this](std::uint32_t place) {
    return place < slot_count() && prepared(place) && slots_[place].run != handlers::undecoded();
  };
  while (decoded(index) && !ends_block(slots_[index].operation)) index += slots_[index].length;
  if (!decoded(index)) return;
  const Slot& end = slots_[index];
  if (!is_loop_end(end.operation) || end.immediate > 0) return;
  if (end.operation == jal && end.destination != discarded) return;
  if (natural_handler(&end) == handlers::far_transfer()) return;
  const auto distance = static_cast<std::uint32_t>(-end.immediate) / sizeof(Slot);
  if (distance > longest_loop) return;
  const auto first = index - static_cast<std::uint32_t>(distance);
  std::uint32_t place = first;
  const auto goes_on = [&] {  // or leaves the loop
    const Slot& slot = slots_[place];
    if (!ends_block(slot.operation)) return true;
    return is_branch(slot.operation) && target_of(place, slot) - first > index - first;
  };
  while (place < index && decoded(place) && goes_on()) place += slots_[place].length;
  if (place != index || !only_waits(&slots_[first], &end)) return;
  drop_translations(index, index + 1);
  unwatch(index);
  natural_handler(index) = handlers::waiting_loop(end.operation, end.length);
  separate(index);
}

}  // namespace ferry::board
