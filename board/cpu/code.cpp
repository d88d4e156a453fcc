#include "board/cpu/code.hpp"

#include "board/cpu/decode.hpp"
#include "board/cpu/timing.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace ferry::board {

namespace {

using enum Operation;

// What executing a slot depends on: its own instruction, the one it may be paired with, and the one behind
// that, which decides whether a load stalls. At most this many bytes.
constexpr std::uint32_t look_ahead = 12;

bool reads(const Slot& slot, std::uint8_t number) {
  return (reads_source(slot) && slot.source == number) || other_register(slot) == number;
}

handlers::Forward forwarding(const Slot& first, const Slot& second) {
  const bool has_result =
      !is_store(first.operation) && first.operation != nop && first.destination != discarded;
  if (!has_result) return handlers::Forward::nothing;
  if (reads_source(second) && second.source == first.destination) return handlers::Forward::to_source;
  return other_register(second) == first.destination ? handlers::Forward::to_other
                                                     : handlers::Forward::nothing;
}

}  // namespace

CodeRegion::CodeRegion(Memory& memory, std::uint32_t start, std::uint32_t size, std::uint32_t memory_offset)
    : memory_(memory),
      start_(start),
      size_(size),
      memory_offset_(memory_offset),
      slots_(untouched_slots(size / 2 + 1)) {}  // one more stands behind the last

// Pages that cost nothing until they are touched, whatever the process did before: memory that calloc gets
// back from an earlier board it would clear, and the next board would be several times as large and as slow
// to make.
CodeRegion::Slots CodeRegion::untouched_slots(std::uint32_t count) {
  const std::size_t bytes = count * sizeof(Slot);
  void* const pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<Slot*>(pages), Unmap{bytes}};
}

void CodeRegion::Unmap::operator()(Slot* slots) const { ::munmap(slots, bytes); }

Slot* CodeRegion::slot_at(std::uint32_t pc) {
  const std::uint32_t index = (pc - start_) / 2;
  prepare(index);
  return &slots_[index];
}

bool CodeRegion::looks_at_clock(const Slot* slot) const {
  return ends_block(slot->operation) || is_checkpoint(static_cast<std::uint32_t>(slot - slots_.get()));
}

std::uint32_t CodeRegion::pc_of(const Slot* slot) const {
  return start_ + 2 * static_cast<std::uint32_t>(slot - slots_.get());
}

// The clock is looked at after these instructions, too, not only where a block ends: an interrupt waits for a
// bounded time in straight-line code. Where that is depends on the address alone, so that it makes no
// difference for the run from where the code was first reached. Two slots, as the first may be the second
// half of an instruction.
bool CodeRegion::is_checkpoint(std::uint32_t index) { return index % 128 < 2; }

void CodeRegion::prepare(std::uint32_t index) {
  if (prepared(index)) return;
  const std::uint32_t first = index - index % chunk;
  const std::uint32_t last = std::min(first + chunk, slot_count() + 1);
  for (std::uint32_t place = first; place < last; ++place) slots_[place].run = handlers::undecoded();
  if (last == slot_count() + 1) slots_[slot_count()].run = handlers::region_end();
  prepared_.push_back(first);
}

Instruction CodeRegion::instruction_at(std::uint32_t pc) const {
  const std::uint32_t offset = (pc - start_) & ~1u;
  const std::byte* bytes = memory_.bytes() + memory_offset_ + offset;
  std::uint32_t word = 0;
  std::uint32_t available = std::min(size_ - offset, 4u);
  // A page of the flash window may be missing, and the next one may.
  if (!memory_.fetchable(memory_offset_ + offset)) return {.operation = unfetchable, .length = 2};
  if (available == 4 && !memory_.fetchable(memory_offset_ + offset + 2)) available = 2;
  for (std::uint32_t index = 0; index < available; ++index)
    word |= std::to_integer<std::uint32_t>(bytes[index]) << (8 * index);
  Instruction instruction = decode(word);
  if (instruction.length > available) instruction.operation = unfetchable;
  return instruction;
}

void CodeRegion::decode_run(Slot* first) {
  const auto begin = static_cast<std::uint32_t>(first - slots_.get());
  std::uint32_t index = begin;
  for (;;) {
    decode_slot(index);
    if (ends_block(slots_[index].operation)) break;
    index += slots_[index].length;
    prepare(index);
    if (slots_[index].run != handlers::undecoded()) break;  // decoded before, or the end of the region
  }
  // Each instruction but the last of the block can now be seen together with the next one.
  for (std::uint32_t place = begin; place < index; place += slots_[place].length) {
    Slot& slot = slots_[place];
    if (is_checkpoint(place)) {
      slot.run = alone(slot, true);
    } else if (const Handler both = fused_with_next(slot)) {
      slot.run = both;
    }
  }
  mark_waiting_loop(index);
  for (auto place = breakpoints_.lower_bound(begin); place != breakpoints_.end() && place->first <= index;
       ++place)
    cover(place);
  watch_heads(begin, index);
}

void CodeRegion::decode_slot(std::uint32_t index) {
  Slot& slot = slots_[index];
  const Instruction instruction = instruction_at(start_ + 2 * index);
  fill(slot, instruction, index);
  if (is_load(slot.operation) && slot.destination != discarded && index + slot.length < slot_count()) {
    const std::uint32_t next_index = index + slot.length;
    Slot next{};
    fill(next, instruction_at(start_ + 2 * next_index), next_index);
    if (reads(next, slot.destination)) slot.stall = timing::load_use_stall;
  }
  const std::uint32_t first_byte = memory_offset_ + 2 * index;
  mark_line(first_byte);
  mark_line(std::min(first_byte + look_ahead, memory_offset_ + size_) - 1);
}

// Only what the engine needs to execute it: shorter forms where they exist, distances in slots, x0 out of the
// way.
void CodeRegion::fill(Slot& slot, const Instruction& instruction, std::uint32_t index) {
  slot.immediate = instruction.immediate;
  slot.destination = instruction.destination == 0 ? discarded : instruction.destination;
  slot.source = instruction.source1;
  slot.stall = 0;
  slot.operation = instruction.operation;
  slot.length = instruction.length == 2 ? 1 : 2;
  switch (instruction.operation) {
    case lui:
      slot.operation = li;
      break;
    case auipc:
      slot.operation = li;
      slot.immediate =
          static_cast<std::int32_t>(start_ + 2 * index + static_cast<std::uint32_t>(instruction.immediate));
      break;
    case addi:
      if (instruction.source1 == 0) {
        slot.operation = li;
      } else if (instruction.immediate == 0) {
        slot.operation = mv;
      }
      break;
    case add:
      if (instruction.source1 == 0 || instruction.source2 == 0) {
        slot.operation = mv;
        slot.source = instruction.source1 | instruction.source2;
      }
      break;
    case fence:
    case fence_i:  // decoded code follows every write to memory by itself
      slot.operation = nop;
      break;
    default:
      break;
  }
  const Operation operation = slot.operation;
  if (is_register_register(operation)) slot.immediate = instruction.source2;
  if (is_store(operation) || is_branch(operation)) slot.destination = instruction.source2;
  if (is_load(operation) || is_store(operation))
    slot.immediate = static_cast<std::int32_t>(static_cast<std::uint32_t>(slot.immediate) - access_bias);
  if (operation >= csrrw) slot.immediate = static_cast<std::int32_t>(instruction.word);
  // Results nobody can read. The access of a load still happens, and a division still takes its time.
  const bool pointless = slot.destination == discarded && timing::base(operation) == 1;
  if (pointless && !ends_block(operation) && !is_load(operation)) slot.operation = nop;

  slot.run = alone(slot, false);
  if (ends_block(operation)) prepare(std::min(index + slot.length, slot_count()));  // where it may go on
  if (is_branch(operation) || operation == jal) {
    const std::int32_t distance = instruction.immediate / 2;
    slot.immediate = distance * static_cast<std::int32_t>(sizeof(Slot));
    const std::int64_t target = std::int64_t{index} + distance;
    if (target >= 0 && target < std::int64_t{slot_count()}) {
      prepare(static_cast<std::uint32_t>(target));
    } else {
      slot.run = handlers::far_transfer();
    }
  }
}

void CodeRegion::mark_line(std::uint32_t byte) {
  memory_.line_flags()[byte / Memory::line_size] |= line_holds_code;
}

// Null when the two have no handler of their own, or when the second one must be reached by itself.
Handler CodeRegion::fused_with_next(const Slot& slot) const {
  const Slot& next = *(&slot + slot.length);
  const auto index = static_cast<std::uint32_t>(&next - slots_.get());
  if (is_loop_end(next.operation) && next.run == handlers::waiting_loop(next.operation, next.length))
    return nullptr;
  if (next.run == handlers::far_transfer() || next.run == handlers::region_end()) return nullptr;
  if (moves_stack(slot) || moves_stack(next)) return nullptr;
  if (is_checkpoint(index) && !ends_block(next.operation)) return nullptr;
  if (breakpoints_.contains(index)) return nullptr;
  return handlers::pair(slot.operation, slot.length, next.operation, next.length, forwarding(slot, next));
}

void CodeRegion::follow_stack(Stack what) {
  if (stack_ >= what) return;
  stack_ = what;
  while (!translations_.empty()) drop_translation(translations_.begin());
  for (const std::uint32_t first : prepared_) {
    for (std::uint32_t index = first; index < std::min(first + chunk, slot_count()); ++index) {
      unwatch(index);
      slots_[index].run = handlers::undecoded();
    }
  }
}

Handler CodeRegion::alone(const Slot& slot, bool checked) const {
  if (moves_stack(slot)) return handlers::moves_stack(slot.operation, slot.length, checked);
  return (checked ? handlers::checked : handlers::single)(slot.operation, slot.length);
}

// What makes room on the stack never raises its pointer.
bool CodeRegion::moves_stack(const Slot& slot) const {
  const Operation operation = slot.operation;
  if (stack_ == Stack::ignored || slot.destination != stack_pointer_register) return false;
  if (is_store(operation) || ends_block(operation) || operation == nop) return false;
  if (static_cast<std::uint8_t>(operation) >= engine_operation_count) return false;
  if (puts_stack(slot)) return true;
  return stack_ == Stack::raised &&
         (operation != addi || slot.source != stack_pointer_register || slot.immediate > 0);
}

void CodeRegion::invalidate(std::uint32_t offset, std::uint32_t length) {
  if (offset + length <= memory_offset_ || offset >= memory_offset_ + size_) return;
  const std::uint32_t first = std::max(offset, memory_offset_) - memory_offset_;
  const std::uint32_t last = std::min(offset + length, memory_offset_ + size_) - memory_offset_;
  const std::uint32_t begin = (first < look_ahead ? 0 : first - look_ahead + 1) / 2, end = (last + 1) / 2;
  drop_translations(begin, end);
  for (std::uint32_t index = begin; index < end; ++index) {
    if (!prepared(index)) continue;
    unwatch(index);
    slots_[index].run = handlers::undecoded();
  }
  // A line that is wholly new holds no code any more.
  const std::uint32_t first_line = (memory_offset_ + first + Memory::line_size - 1) / Memory::line_size;
  const std::uint32_t end_line = (memory_offset_ + last) / Memory::line_size;
  for (std::uint32_t line = first_line; line < end_line; ++line)
    memory_.line_flags()[line] &= static_cast<std::uint8_t>(~line_holds_code);
}

}  // namespace ferry::board
