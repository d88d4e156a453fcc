// Buffers and descriptors on the stack, and whether their functions have returned.
//
// The stack pointer is above a live buffer: then the frame that held it is gone, however the pointer got
// there. What has to be told from that is a switch to another stack, which may lie anywhere. Two things are
// certain:
// * the end of a function adds to the stack pointer, and what lies between the old and the new one was its
//   frame. No switch does that;
// * at START, the frames of all functions that have not returned reach from the stack pointer to an end that
//   the file's DWARF tells, or without that the code. A stack pointer in there is of this stack, not of
//   another one: variable length arrays, longjmp, exceptions.
#include "board/cpu/abi_registers.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/decode.hpp"
#include "board/memory.hpp"
#include "board/watch/code_frames.hpp"
#include "board/watch/dma_watch.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ferry::board::watch {

namespace {

// What of a piece may lie there.
std::array<std::uint32_t, 2> places_of(const Piece& piece) { return {piece.buffer, piece.descriptor}; }

bool is_above(std::uint32_t address, std::uint32_t pointer) { return address - pointer < stack_reach; }

// What `addi sp, sp` adds.
std::optional<std::uint32_t> addition(const Instruction& instruction) {
  const bool adds = instruction.operation == Operation::addi &&
                    instruction.destination == stack_pointer_register &&
                    instruction.source1 == stack_pointer_register;
  return adds ? std::optional(static_cast<std::uint32_t>(instruction.immediate)) : std::nullopt;
}

// What `lui sp` or `auipc sp` at `pc` leaves in the stack pointer: the first half of a new address.
std::optional<std::uint32_t> first_half(std::uint32_t word, std::uint32_t pc) {
  constexpr std::uint32_t opcode_and_destination = 0xFFF, lui_sp = 0x137, auipc_sp = 0x117;
  const std::uint32_t high = word & ~opcode_and_destination;
  if ((word & opcode_and_destination) == lui_sp) return high;
  if ((word & opcode_and_destination) == auipc_sp) return pc + high;
  return std::nullopt;
}

}  // namespace

// A stack grows from its pointer downwards. Variables that one is in are stacks from then on.
void DmaWatch::note_stack_at(std::uint32_t pointer) { variables_.note_stack_at(pointer - 1); }

// An address that is made of several parts is whole behind the last of them.
void DmaWatch::stack_put(std::uint32_t pointer, std::uint32_t pc) {
  constexpr unsigned most_parts = 4;
  std::uint32_t place = pc;
  for (unsigned part = 1; part < most_parts; ++part) {
    place += decode(board_.memory().instruction_word(place).value_or(0)).length;
    const auto added = addition(decode(board_.memory().instruction_word(place).value_or(0)));
    if (!added) break;
    pointer += *added;
  }
  note_stack_at(pointer);
}

bool DmaWatch::note_other_stack(Transfer& transfer, const Piece& piece) {
  bool any = false;
  for (const std::uint32_t place : places_of(piece)) any |= note_other_stack(transfer, place);
  return any;
}

// Of what does not lie on the stack that is left.
bool DmaWatch::note_other_stack(Transfer& transfer, std::uint32_t place) {
  if (!chip::memory_map::sram1_data.contains(place)) return false;
  const auto& known = transfer.other_stack;
  if (known && place >= known->lowest && place <= known->highest) return false;
  const Variables::Variable* const variable = variables_.at(place);
  if (variable != nullptr && !variable->is_stack) return false;
  some_on_stacks_ = true;
  transfer.other_stack = {.lowest = known ? std::min(known->lowest, place) : place,
                          .highest = known ? std::max(known->highest, place) : place};
  return true;
}

// At START and RESTART. Variables with a name lie elsewhere, unless the stack itself is in one: that of a
// task, say.
void DmaWatch::note_stack(Transfer& transfer) {
  const Way& way = *asked_by_[transfer.half.index()].way;
  const std::uint32_t pointer = way.stack_pointer;
  const auto memory = chip::memory_map::sram1_data;
  const auto may_lie_here = [&](std::uint32_t place) {
    if (!is_above(place, pointer)) return false;
    const Variables::Variable* const variable = variables_.at(place);
    return variable == nullptr || variable == variables_.at(pointer);
  };
  std::optional<std::uint32_t> lowest;
  for (const Piece& piece : transfer.pieces) {
    if (piece.released) continue;
    for (const std::uint32_t place : places_of(piece)) {
      if (may_lie_here(place)) {
        lowest = std::min(lowest.value_or(place), place);
      } else {
        note_other_stack(transfer, place);
      }
    }
  }
  if (!lowest || !memory.contains(pointer)) return;
  some_on_stacks_ = true;
  // Behind an interrupt, the frames of whom it came to when this way was a new one: they were on this stack.
  std::uint32_t end = way.calls.frames_end;
  if (end == pointer) end = frames_end_by_code(board_.memory(), way.pc, way.return_address, pointer);
  if (const Variables::Variable* const around = variables_.at(pointer))
    end = std::min(end, around->address + around->size);
  const bool known =
      transfer.stack && transfer.stack->pointer <= end && pointer <= transfer.stack->frames_end;
  if (known) {
    transfer.stack->pointer = std::min(transfer.stack->pointer, pointer);
    transfer.stack->frames_end = std::max(transfer.stack->frames_end, end);
    transfer.stack->lowest = std::min(transfer.stack->lowest, *lowest);
  } else {
    transfer.stack = Transfer::Stack{.pointer = pointer, .frames_end = end, .lowest = *lowest};
  }
}

// Only while there is such a buffer: the CPU is slower then.
void DmaWatch::watch_stack() {
  if (!std::exchange(some_on_stacks_, false)) return;
  std::uint32_t lowest = ~0u, highest = 0;
  for (unsigned index = 0; index < Half::count; ++index) {
    const Transfer* const transfer = ownership_.find(Half::at(index));
    if (transfer == nullptr || !may_lie_on_stack(*transfer)) continue;
    some_on_stacks_ = true;
    if (!transfer->alive()) continue;
    if (transfer->stack) {
      lowest = std::min(lowest, transfer->stack->lowest);
      highest = ~0u;
    }
    if (transfer->other_stack) {
      lowest = std::min(lowest, transfer->other_stack->lowest);
      highest = std::max(highest, transfer->other_stack->highest);
    }
  }
  board_.cpu().follow_stack(highest != 0 ? this : nullptr, lowest, highest);
}

// And none is known to be given up: that happens once, and the frames of functions that are called afterwards
// lie in the same place.
bool DmaWatch::may_lie_on_stack(const Transfer& transfer) const {
  return (transfer.stack || transfer.other_stack) && !transfer.has_broken(Rule::dead_stack);
}

// `la sp` and `li sp` end in an addition, too, but what they add to has never been a stack's pointer.
bool DmaWatch::ends_function(const StackMove& move) const {
  if (move.how != StackMove::How::added) return false;
  const std::uint32_t before = move.pc - 4;
  return first_half(board_.memory().instruction_word(before).value_or(0), before) != move.from;
}

void DmaWatch::stack_moved(const StackMove& move) {
  const bool adds = ends_function(move), puts_back = move.how == StackMove::How::put_back;
  for (unsigned index = 0; index < Half::count; ++index) {
    Transfer* const transfer = ownership_.find(Half::at(index));
    if (transfer == nullptr || !may_lie_on_stack(*transfer)) continue;
    const auto given_up = [&](std::uint32_t place) {
      if (place >= move.to) return false;
      if (adds && move.from <= place) return true;  // whichever stack that is
      if (!transfer->stack || !is_above(place, transfer->stack->pointer)) return false;
      const Transfer::Stack& stack = *transfer->stack;
      if (place < stack.frames_end && move.to <= stack.frames_end) return true;
      if (move.from > place) return false;
      // Where the frame is known that holds it, what was put aside in it would lie in the frames, as above.
      // Without, it is the same stack when it is not in another variable.
      const bool same_stack = place >= stack.frames_end && move.from >= stack.pointer &&
                              variables_.at(move.to - 1) == variables_.at(place);
      return puts_back && same_stack;
    };
    const auto piece = std::ranges::find_if(transfer->pieces, [&](const Piece& each) {
      return !each.released && std::ranges::any_of(places_of(each), given_up);
    });
    if (piece == transfer->pieces.end()) continue;
    report(Rule::dead_stack, transfer,
           {.act = Act::stack,
            .origin = here(move.pc),
            .address = given_up(piece->buffer) ? piece->buffer : piece->descriptor,
            .piece = static_cast<std::size_t>(piece - transfer->pieces.begin())});
  }
}

}  // namespace ferry::board::watch
