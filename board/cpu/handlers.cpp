// The functions that execute instructions: one per operation and length, and one per frequent pair of
// neighbours.
#include "board/cpu/compute.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/slot.hpp"
#include "board/cpu/timing.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace ferry::board {

// The fast path copies guest words as they lie in memory.
static_assert(std::endian::native == std::endian::little);

using handlers::Forward;

#define FERRY_INLINE [[gnu::always_inline]] static inline

struct Execution {
  // ---- Loads and stores to SRAM1 on the data bus

  // The offset of an aligned access into SRAM1; anything else gives an offset beyond its end. Rotating the
  // offset right by the width moves bits that must be zero to the top, so one comparison checks range and
  // alignment.
  template <class Value>
  FERRY_INLINE bool reaches(std::uint32_t offset) {
    constexpr int shift = std::countr_zero(sizeof(Value));
    return std::rotr(offset, shift) < (chip::memory_map::sram1_data.size >> shift);
  }

  template <class Value>
  FERRY_INLINE bool load(FastMemory memory, std::uint32_t offset, std::uint32_t& result) {
    if (!reaches<Value>(offset)) [[unlikely]]
      return false;
    if ((memory.flags[offset / Memory::line_size] & line_read_watched) != 0) [[unlikely]]
      return false;
    Value value;
    std::memcpy(&value, memory.bytes + offset, sizeof value);
    result = static_cast<std::uint32_t>(value);  // extends the sign of the signed types
    return true;
  }

  template <class Value>
  FERRY_INLINE bool store(FastMemory memory, std::uint32_t offset, std::uint32_t word) {
    constexpr std::uint8_t slow = line_write_watched | line_holds_code | line_unwritten;
    if (!reaches<Value>(offset)) [[unlikely]]
      return false;
    if ((memory.flags[offset / Memory::line_size] & slow) != 0) [[unlikely]]
      return false;
    const auto value = static_cast<Value>(word);
    std::memcpy(memory.bytes + offset, &value, sizeof value);
    return true;
  }

  // ---- One instruction
  //
  // Operands come as values, so that a pair can hand over a result without looking it up. `other` is the
  // second source: what is added, stored or compared with.

  FERRY_INLINE std::uint32_t source_of(const Cpu& cpu, const Slot& slot) {
    return cpu.registers_[slot.source];
  }

  template <Operation operation>
  FERRY_INLINE std::uint32_t other_of(const Cpu& cpu, const Slot& slot) {
    if constexpr (is_register_register(operation)) {
      return cpu.registers_[static_cast<std::uint8_t>(slot.immediate)];
    } else if constexpr (is_store(operation) || is_branch(operation)) {
      return cpu.registers_[slot.destination];
    } else {
      return as_unsigned(slot.immediate);
    }
  }

  // Moves a value between a register's copy in `value` and memory. False: the fast path does not reach.
  template <Operation operation>
  FERRY_INLINE bool move_data(FastMemory memory, std::uint32_t offset, std::uint32_t& value) {
    using enum Operation;
    switch (operation) {
      case lb:
        return load<std::int8_t>(memory, offset, value);
      case lh:
        return load<std::int16_t>(memory, offset, value);
      case lw:
        return load<std::uint32_t>(memory, offset, value);
      case lbu:
        return load<std::uint8_t>(memory, offset, value);
      case lhu:
        return load<std::uint16_t>(memory, offset, value);
      case sb:
        return store<std::uint8_t>(memory, offset, value);
      case sh:
        return store<std::uint16_t>(memory, offset, value);
      default:
        return store<std::uint32_t>(memory, offset, value);
    }
  }

  // Executes an instruction that does not end a block and gives its result. False when a load or store needs
  // the slow path; then nothing has happened.
  template <Operation operation>
  FERRY_INLINE bool straight(Cpu& cpu, const Slot& slot, Progress& progress, FastMemory memory,
                             std::uint32_t source, std::uint32_t other, std::uint32_t& result) {
    unsigned cycles = timing::base(operation);
    if constexpr (is_load(operation)) {
      if (!move_data<operation>(memory, source + other, result)) [[unlikely]]
        return false;
      cycles += slot.stall;
    } else if constexpr (is_store(operation)) {
      if (!move_data<operation>(memory, source + as_unsigned(slot.immediate), other)) [[unlikely]]
        return false;
    } else if constexpr (operation == Operation::li) {
      result = other;
    } else if constexpr (operation == Operation::mv) {
      result = source;
    } else if constexpr (operation != Operation::nop) {
      result = compute<operation>(source, other);
    }
    if constexpr (!is_store(operation) && operation != Operation::nop)
      cpu.registers_[slot.destination] = result;
    progress.add(cycles, 1);
    return true;
  }

  FERRY_INLINE std::uint32_t pc_of(const Cpu& cpu, const Slot* slot) {
    return cpu.code_start_ + 2 * static_cast<std::uint32_t>(slot - cpu.slots_);
  }

  FERRY_INLINE const Slot* target_of(const Slot* slot) {
    return reinterpret_cast<const Slot*>(reinterpret_cast<const std::byte*>(slot) + slot->immediate);
  }

  // Executes a branch or jump and returns the slot to go on at; null when it is not in this region: then the
  // CPU has been told the address.
  template <Operation operation, unsigned length>
  FERRY_INLINE const Slot* transfer(Cpu& cpu, const Slot* slot, Progress& progress, std::uint32_t source,
                                    std::uint32_t other) {
    if constexpr (is_branch(operation)) {
      if (!holds<operation>(source, other)) {
        progress.add(timing::base(operation), 1);
        return slot + length;
      }
      progress.add(timing::base(operation) + timing::taken_branch_extra, 1);
      return target_of(slot);
    } else {
      progress.add(timing::base(operation), 1);
      cpu.registers_[slot->destination] = pc_of(cpu, slot) + 2 * length;
      if constexpr (operation == Operation::jal) return target_of(slot);
      const std::uint32_t target = source + other;
      const std::uint32_t offset = target - cpu.code_start_;
      if (offset < cpu.code_size_) [[likely]]
        if (const Slot* next = cpu.slots_ + offset / 2; next->run != nullptr) [[likely]]
          return next;
      cpu.pc_ = target & ~1u;
      return nullptr;
    }
  }

  // ---- Handlers

  FERRY_HANDLER static HandlerResult leave(Cpu& cpu, const Slot* slot, Progress progress, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    FERRY_LEAVE();
  }

  FERRY_HANDLER static HandlerResult breakpoint(Cpu& cpu, const Slot* slot, Progress progress, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    cpu.pause_ = StopReason::breakpoint;
    FERRY_LEAVE();
  }

  // To an address outside this region, which the CPU has been told.
  FERRY_HANDLER static HandlerResult leave_region(Cpu& cpu, const Slot*, Progress progress, FastMemory) {
    cpu.advance(progress);
    FERRY_LEAVE();
  }

  // A load or store that is not for the fast path.
  template <unsigned length>
  FERRY_HANDLER static HandlerResult slow_access(Cpu& cpu, const Slot* slot, Progress progress,
                                                 FastMemory memory) {
    if (cpu.load_from_window(*slot)) {
      progress.add(timing::base(Operation::lw) + slot->stall, 1);
      slot += length;
      if (progress.reached(cpu.deadline_)) FERRY_CONTINUE_IN(leave);
      FERRY_EXECUTE_SLOT();
    }
    if (cpu.access_beside_watched(*slot)) {
      const bool looks = cpu.single_step_ || cpu.region_->looks_at_clock(slot);
      progress.add(timing::base(slot->operation) + slot->stall, 1);
      slot += length;
      if (looks && progress.reached(cpu.deadline_)) FERRY_CONTINUE_IN(leave);
      FERRY_EXECUTE_SLOT();
    }
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    const std::uint32_t offset = cpu.registers_[slot->source] + as_unsigned(slot->immediate);
    if (offset < chip::memory_map::sram1_data.size && cpu.access_looked_at(*slot)) {
      const bool looks = cpu.single_step_ || cpu.region_->looks_at_clock(slot);
      progress = Progress();
      progress.add(timing::base(slot->operation) + slot->stall, 1);
      slot += length;
      if (looks && progress.reached(cpu.deadline_)) FERRY_CONTINUE_IN(leave);
      FERRY_EXECUTE_SLOT();
    }
    if (cpu.access(*slot) == Cpu::Outcome::elsewhere) FERRY_LEAVE();
    progress = Progress();
    slot += length;
    if (progress.reached(cpu.deadline_)) FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  FERRY_HANDLER static HandlerResult csr(Cpu& cpu, const Slot* slot, Progress progress, FastMemory memory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    if (cpu.access_csr(*slot) == Cpu::Outcome::elsewhere) FERRY_LEAVE();
    progress = Progress();
    slot += 2;
    if (progress.reached(cpu.deadline_)) FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  FERRY_HANDLER static HandlerResult system(Cpu& cpu, const Slot* slot, Progress progress, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    cpu.execute_system(*slot);
    FERRY_LEAVE();
  }

  FERRY_HANDLER static HandlerResult far_transfer(Cpu& cpu, const Slot* slot, Progress progress, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.advance(progress);
    cpu.transfer_far();
    FERRY_LEAVE();
  }

  FERRY_HANDLER static HandlerResult undecoded(Cpu& cpu, const Slot* slot, [[maybe_unused]] Progress progress,
                                               [[maybe_unused]] FastMemory memory) {
    cpu.region_->decode_run(cpu.slots_ + (slot - cpu.slots_));
    FERRY_EXECUTE_SLOT();
  }

  FERRY_HANDLER static HandlerResult counted(Cpu& cpu, const Slot* slot, Progress progress,
                                             FastMemory memory) {
    const Handler next = cpu.region_->visit(slot);
    FERRY_CONTINUE_IN(next);
  }

  FERRY_HANDLER static HandlerResult translated(Cpu& cpu, const Slot* slot, Progress progress,
                                                FastMemory memory) {
    // Reached from straight code with the clock run out: the handlers know how far to go on.
    if (progress.reached(cpu.deadline_)) [[unlikely]] {
      const Handler natural = cpu.region_->natural_handler(slot);
      FERRY_CONTINUE_IN(natural);
    }
    const TranslationExit exit = cpu.region_->run_translation(
        slot, cpu.registers_.data(), progress.beyond(cpu.deadline_), memory, cpu.stack_limit_);
    progress = Progress::from(cpu.deadline_, exit.overrun);
    slot = cpu.region_->slot_of(exit.index);
    if (exit.reason == TranslationExit::by_itself) {
      const Handler alone = cpu.region_->alone(*slot, false);
      FERRY_CONTINUE_IN(alone);
    }
    if (exit.reason == TranslationExit::at_block_end && progress.reached(cpu.deadline_))
      FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  template <Operation operation, unsigned length, bool look_at_clock, bool moves_stack = false>
  FERRY_HANDLER static HandlerResult single(Cpu& cpu, const Slot* slot, Progress progress,
                                            FastMemory memory) {
    [[maybe_unused]] const std::uint32_t stack = cpu.registers_[stack_pointer_register];
    const std::uint32_t source = source_of(cpu, *slot), other = other_of<operation>(cpu, *slot);
    if constexpr (ends_block(operation)) {
      slot = transfer<operation, length>(cpu, slot, progress, source, other);
      if constexpr (operation == Operation::jalr)
        if (slot == nullptr) [[unlikely]]
          FERRY_CONTINUE_IN(leave_region);
    } else {
      std::uint32_t result;
      if (!straight<operation>(cpu, *slot, progress, memory, source, other, result)) [[unlikely]]
        FERRY_CONTINUE_IN(slow_access<length>);
      if constexpr (moves_stack)
        if (cpu.registers_[stack_pointer_register] > cpu.stack_limit_ || puts_stack(*slot)) [[unlikely]] {
          cpu.pc_ = pc_of(cpu, slot);
          cpu.advance(progress);
          cpu.stack_moved(*slot, stack);
          progress = Progress();
        }
      slot += length;
    }
    if constexpr (ends_block(operation) || look_at_clock)
      if (progress.reached(cpu.deadline_)) [[unlikely]]
        FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  // The branch or jump that closes a loop which only waits: see CodeRegion::mark_waiting_loop.
  template <Operation operation, unsigned length>
  FERRY_HANDLER static HandlerResult waiting_loop(Cpu& cpu, const Slot* slot, Progress progress,
                                                  [[maybe_unused]] FastMemory memory) {
    const Slot* const end = slot;
    slot = transfer<operation, length>(cpu, slot, progress, source_of(cpu, *slot),
                                       other_of<operation>(cpu, *slot));
    if (progress.reached(cpu.deadline_)) [[unlikely]]
      FERRY_CONTINUE_IN(leave);
    if (slot <= end && cpu.idle_loops_.passes(pc_of(cpu, end))) [[unlikely]]
      FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  template <Operation first, unsigned first_length, Operation second, unsigned second_length, Forward forward>
  FERRY_HANDLER static HandlerResult pair(Cpu& cpu, const Slot* slot, Progress progress, FastMemory memory) {
    std::uint32_t result;
    if (!straight<first>(cpu, *slot, progress, memory, source_of(cpu, *slot), other_of<first>(cpu, *slot),
                         result)) [[unlikely]]
      FERRY_CONTINUE_IN(slow_access<first_length>);
    slot += first_length;

    const std::uint32_t source = forward == Forward::to_source ? result : source_of(cpu, *slot);
    const std::uint32_t other = forward == Forward::to_other ? result : other_of<second>(cpu, *slot);
    if constexpr (ends_block(second)) {
      slot = transfer<second, second_length>(cpu, slot, progress, source, other);
      if constexpr (second == Operation::jalr)
        if (slot == nullptr) [[unlikely]]
          FERRY_CONTINUE_IN(leave_region);
      if (progress.reached(cpu.deadline_)) [[unlikely]]
        FERRY_CONTINUE_IN(leave);
    } else {
      if (!straight<second>(cpu, *slot, progress, memory, source, other, result)) [[unlikely]]
        FERRY_CONTINUE_IN(slow_access<second_length>);
      slot += second_length;
    }
    FERRY_EXECUTE_SLOT();
  }

  // ---- Which handler for what

  template <std::size_t operation, unsigned length, bool look_at_clock, bool moves_stack>
  static constexpr Handler choose() {
    constexpr auto which = static_cast<Operation>(operation);
    if constexpr (operation < engine_operation_count) {
      constexpr bool tells = moves_stack && !ends_block(which);
      return single<which, length, look_at_clock, tells>;
    } else {
      return is_csr(which) ? csr : system;
    }
  }

  static constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::unfetchable) + 1;
  using Singles = std::array<std::array<Handler, 2>, operation_count>;

  template <bool look_at_clock, bool moves_stack, std::size_t... operations>
  static constexpr Singles make_singles(std::index_sequence<operations...>) {
    return {{{choose<operations, 1, look_at_clock, moves_stack>(),
              choose<operations, 2, look_at_clock, moves_stack>()}...}};
  }

  // From beq to jal.
  static constexpr std::size_t loop_end_count =
      static_cast<std::size_t>(Operation::jalr) - static_cast<std::size_t>(Operation::beq);
  using LoopEnds = std::array<std::array<Handler, 2>, loop_end_count>;

  template <std::size_t... operations>
  static constexpr LoopEnds make_loop_ends(std::index_sequence<operations...>) {
    constexpr auto nth = [](std::size_t index) {
      return static_cast<Operation>(static_cast<std::size_t>(Operation::beq) + index);
    };
    return {{{waiting_loop<nth(operations), 1>, waiting_loop<nth(operations), 2>}...}};
  }

  // What is worth a common handler, by frequency in compiled code. A longer list gains nothing measurable and
  // doubles the compile time.
  static constexpr std::array pair_first{
      Operation::addi, Operation::li,   Operation::mv,   Operation::add,  Operation::lw,   Operation::lbu,
      Operation::sw,   Operation::slli, Operation::srli, Operation::xor_, Operation::andi,
  };
  static constexpr std::array pair_second{
      Operation::addi, Operation::li,   Operation::mv,   Operation::add,  Operation::lw,   Operation::lbu,
      Operation::sw,   Operation::slli, Operation::srli, Operation::xor_, Operation::andi, Operation::beq,
      Operation::bne,  Operation::bltu, Operation::bgeu, Operation::jal,  Operation::jalr,
  };
  using PairRow = std::array<Handler, pair_second.size()>;
  using PairTable = std::array<PairRow, pair_first.size()>;

  // Forwarding to the other operand gains something measurable only where operands are so often exchanged.
  template <Operation first, Operation second>
  static constexpr Forward useful(Forward forward) {
    if (is_store(first) || (forward == Forward::to_other && !is_symmetric(second))) return Forward::nothing;
    return forward;
  }
  // Null for pairs that no code can contain.
  template <Operation first, unsigned first_length, Operation second, unsigned second_length, Forward forward>
  static constexpr Handler possible_pair() {
    if constexpr ((first_length == 1 && !has_compressed_form(first)) ||
                  (second_length == 1 && !has_compressed_form(second))) {
      return nullptr;
    } else {
      return pair<first, first_length, second, second_length, useful<first, second>(forward)>;
    }
  }
  template <std::size_t first, unsigned first_length, unsigned second_length, Forward forward,
            std::size_t... seconds>
  static constexpr PairRow make_row(std::index_sequence<seconds...>) {
    return {
        possible_pair<pair_first[first], first_length, pair_second[seconds], second_length, forward>()...};
  }
  template <unsigned first_length, unsigned second_length, Forward forward, std::size_t... firsts>
  static constexpr PairTable make_pairs(std::index_sequence<firsts...>) {
    return {make_row<firsts, first_length, second_length, forward>(
        std::make_index_sequence<pair_second.size()>())...};
  }

  // By length of the first instruction, length of the second.
  using PairTables = std::array<std::array<PairTable, 2>, 2>;
  template <Forward forward>
  static constexpr PairTables all_pairs() {
    constexpr auto firsts = std::make_index_sequence<pair_first.size()>();
    return {{{make_pairs<1, 1, forward>(firsts), make_pairs<1, 2, forward>(firsts)},
             {make_pairs<2, 1, forward>(firsts), make_pairs<2, 2, forward>(firsts)}}};
  }
};

namespace handlers {

namespace {

constexpr auto all_operations = std::make_index_sequence<Execution::operation_count>();
constexpr Execution::Singles singles = Execution::make_singles<false, false>(all_operations);
constexpr Execution::Singles checking_singles = Execution::make_singles<true, false>(all_operations);
constexpr Execution::Singles stack_singles = Execution::make_singles<false, true>(all_operations);
constexpr Execution::Singles checking_stack_singles = Execution::make_singles<true, true>(all_operations);

constexpr Execution::LoopEnds loop_ends =
    Execution::make_loop_ends(std::make_index_sequence<Execution::loop_end_count>());

// By Forward.
constexpr std::array<Execution::PairTables, 3> pairs{Execution::all_pairs<Forward::nothing>(),
                                                     Execution::all_pairs<Forward::to_source>(),
                                                     Execution::all_pairs<Forward::to_other>()};

}  // namespace

Handler single(Operation operation, unsigned length) {
  return singles[static_cast<std::size_t>(operation)][length - 1];
}

Handler checked(Operation operation, unsigned length) {
  return checking_singles[static_cast<std::size_t>(operation)][length - 1];
}

Handler moves_stack(Operation operation, unsigned length, bool checked) {
  return (checked ? checking_stack_singles : stack_singles)[static_cast<std::size_t>(operation)][length - 1];
}

Handler waiting_loop(Operation operation, unsigned length) {
  return loop_ends[static_cast<std::size_t>(operation) - static_cast<std::size_t>(Operation::beq)]
                  [length - 1];
}

Handler pair(Operation first, unsigned first_length, Operation second, unsigned second_length,
             Forward forward) {
  const auto row = std::ranges::find(Execution::pair_first, first);
  const auto column = std::ranges::find(Execution::pair_second, second);
  if (row == Execution::pair_first.end() || column == Execution::pair_second.end()) return nullptr;
  const auto& table = pairs[static_cast<std::size_t>(forward)][first_length - 1][second_length - 1];
  return table[static_cast<std::size_t>(row - Execution::pair_first.begin())]
              [static_cast<std::size_t>(column - Execution::pair_second.begin())];
}

Handler far_transfer() { return Execution::far_transfer; }
Handler undecoded() { return Execution::undecoded; }
Handler region_end() { return Execution::leave; }
Handler breakpoint() { return Execution::breakpoint; }
Handler counted() { return Execution::counted; }
Handler translated() { return Execution::translated; }

}  // namespace handlers

}  // namespace ferry::board
