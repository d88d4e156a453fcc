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
  FERRY_INLINE bool load(FastMemory memory, std::uint32_t address, std::uint32_t& result) {
    const std::uint32_t offset = address - chip::memory_map::sram1_data.start;
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
  FERRY_INLINE bool store(FastMemory memory, std::uint32_t address, std::uint32_t word) {
    constexpr std::uint8_t slow = line_write_watched | line_holds_code;
    const std::uint32_t offset = address - chip::memory_map::sram1_data.start;
    if (!reaches<Value>(offset)) [[unlikely]]
      return false;
    if ((memory.flags[offset / Memory::line_size] & slow) != 0) [[unlikely]]
      return false;
    const auto value = static_cast<Value>(word);
    std::memcpy(memory.bytes + offset, &value, sizeof value);
    return true;
  }

  template <Operation operation>
  FERRY_INLINE bool move_data(Cpu& cpu, const Slot& slot, FastMemory memory) {
    using enum Operation;
    auto& registers = cpu.registers_;
    const std::uint32_t address = registers[slot.source] + as_unsigned(slot.immediate);
    std::uint32_t& result = registers[slot.destination];
    const std::uint32_t value = registers[slot.destination];  // stores name their source there
    switch (operation) {
      case lb:
        return load<std::int8_t>(memory, address, result);
      case lh:
        return load<std::int16_t>(memory, address, result);
      case lw:
        return load<std::uint32_t>(memory, address, result);
      case lbu:
        return load<std::uint8_t>(memory, address, result);
      case lhu:
        return load<std::uint16_t>(memory, address, result);
      case sb:
        return store<std::uint8_t>(memory, address, value);
      case sh:
        return store<std::uint16_t>(memory, address, value);
      default:
        return store<std::uint32_t>(memory, address, value);
    }
  }

  // ---- One instruction

  FERRY_INLINE std::uint32_t pc_of(const Cpu& cpu, const Slot* slot) {
    return cpu.code_start_ + 2 * static_cast<std::uint32_t>(slot - cpu.slots_);
  }

  // Executes an instruction that does not end a block. False when a load or store needs the slow path; then
  // nothing has happened.
  template <Operation operation>
  FERRY_INLINE bool straight(Cpu& cpu, const Slot& slot, Count& count, FastMemory memory) {
    auto& registers = cpu.registers_;
    if constexpr (is_load(operation) || is_store(operation)) {
      if (!move_data<operation>(cpu, slot, memory)) [[unlikely]]
        return false;
      if constexpr (is_load(operation)) count.cycles += slot.stall;
    } else if constexpr (operation == Operation::li) {
      registers[slot.destination] = as_unsigned(slot.immediate);
    } else if constexpr (operation == Operation::mv) {
      registers[slot.destination] = registers[slot.source];
    } else if constexpr (is_register_register(operation)) {
      const auto source2 = static_cast<std::uint8_t>(slot.immediate);
      registers[slot.destination] = compute<operation>(registers[slot.source], registers[source2]);
    } else if constexpr (operation != Operation::nop) {
      registers[slot.destination] = compute<operation>(registers[slot.source], as_unsigned(slot.immediate));
    }
    count.cycles += timing::base(operation);
    count.instructions += 1;
    return true;
  }

  // Executes a branch or jump and returns the slot to go on at, or null when that is not in this region: then
  // the CPU knows the address and the count.
  template <Operation operation, unsigned length>
  FERRY_INLINE const Slot* transfer(Cpu& cpu, const Slot* slot, Count& count) {
    auto& registers = cpu.registers_;
    count.cycles += timing::base(operation);
    count.instructions += 1;
    if constexpr (is_branch(operation)) {
      if (!holds<operation>(registers[slot->source], registers[slot->destination])) return slot + length;
      count.cycles += timing::taken_branch_extra;
      return slot + slot->immediate;
    } else if constexpr (operation == Operation::jal) {
      registers[slot->destination] = pc_of(cpu, slot) + 2 * length;
      return slot + slot->immediate;
    } else {
      const std::uint32_t target = registers[slot->source] + as_unsigned(slot->immediate);
      registers[slot->destination] = pc_of(cpu, slot) + 2 * length;
      const std::uint32_t offset = target - cpu.code_start_;
      const Slot* next = cpu.slots_ + offset / 2;
      if (offset < cpu.code_size_ && next->run != nullptr) [[likely]]
        return next;
      cpu.pc_ = target & ~1u;
      cpu.count_ = count;
      return nullptr;
    }
  }

  // ---- Handlers

  FERRY_HANDLER static HandlerResult leave(Cpu& cpu, const Slot* slot, CountArgument count, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.count_ = count;
    FERRY_LEAVE();
  }

  // A load or store that is not for the fast path.
  template <unsigned length>
  FERRY_HANDLER static HandlerResult slow_access(Cpu& cpu, const Slot* slot, CountArgument count,
                                                 FastMemory memory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.count_ = count;
    if (cpu.access(*slot) == Cpu::Outcome::elsewhere) FERRY_LEAVE();
    count = cpu.count_;
    slot += length;
    if (count.cycles >= cpu.deadline_) FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  template <Operation operation, unsigned length, bool look_at_clock>
  FERRY_HANDLER static HandlerResult single(Cpu& cpu, const Slot* slot, CountArgument count,
                                            FastMemory memory) {
    if constexpr (ends_block(operation)) {
      slot = transfer<operation, length>(cpu, slot, count);
      if constexpr (operation == Operation::jalr)
        if (slot == nullptr) [[unlikely]]
          FERRY_LEAVE();
    } else {
      if (!straight<operation>(cpu, *slot, count, memory)) [[unlikely]]
        FERRY_CONTINUE_IN(slow_access<length>);
      slot += length;
    }
    if constexpr (ends_block(operation) || look_at_clock)
      if (count.cycles >= cpu.deadline_) [[unlikely]]
        FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  template <Operation first, unsigned first_length, Operation second, unsigned second_length>
  FERRY_HANDLER static HandlerResult pair(Cpu& cpu, const Slot* slot, CountArgument count,
                                          FastMemory memory) {
    if (!straight<first>(cpu, *slot, count, memory)) [[unlikely]]
      FERRY_CONTINUE_IN(slow_access<first_length>);
    slot += first_length;
    if constexpr (ends_block(second)) {
      slot = transfer<second, second_length>(cpu, slot, count);
      if constexpr (second == Operation::jalr)
        if (slot == nullptr) [[unlikely]]
          FERRY_LEAVE();
      if (count.cycles >= cpu.deadline_) [[unlikely]]
        FERRY_CONTINUE_IN(leave);
    } else {
      if (!straight<second>(cpu, *slot, count, memory)) [[unlikely]]
        FERRY_CONTINUE_IN(slow_access<second_length>);
      slot += second_length;
    }
    FERRY_EXECUTE_SLOT();
  }

  FERRY_HANDLER static HandlerResult csr(Cpu& cpu, const Slot* slot, CountArgument count, FastMemory memory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.count_ = count;
    if (cpu.access_csr(*slot) == Cpu::Outcome::elsewhere) FERRY_LEAVE();
    count = cpu.count_;
    slot += 2;
    if (count.cycles >= cpu.deadline_) FERRY_CONTINUE_IN(leave);
    FERRY_EXECUTE_SLOT();
  }

  FERRY_HANDLER static HandlerResult system(Cpu& cpu, const Slot* slot, CountArgument count, FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.count_ = count;
    cpu.execute_system(*slot);
    FERRY_LEAVE();
  }

  FERRY_HANDLER static HandlerResult far_transfer(Cpu& cpu, const Slot* slot, CountArgument count,
                                                  FastMemory) {
    cpu.pc_ = pc_of(cpu, slot);
    cpu.count_ = count;
    cpu.transfer_far();
    FERRY_LEAVE();
  }

  FERRY_HANDLER static HandlerResult undecoded(Cpu& cpu, const Slot* slot,
                                               [[maybe_unused]] CountArgument count,
                                               [[maybe_unused]] FastMemory memory) {
    cpu.region_->decode_run(cpu.slots_ + (slot - cpu.slots_));
    FERRY_EXECUTE_SLOT();
  }

  // ---- Which handler for what

  template <std::size_t operation, unsigned length, bool look_at_clock>
  static constexpr Handler choose() {
    constexpr auto which = static_cast<Operation>(operation);
    if constexpr (operation < engine_operation_count) {
      return single<which, length, look_at_clock>;
    } else {
      return is_csr(which) ? csr : system;
    }
  }

  static constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::unfetchable) + 1;
  using Singles = std::array<std::array<Handler, 2>, operation_count>;

  template <bool look_at_clock, std::size_t... operations>
  static constexpr Singles make_singles(std::index_sequence<operations...>) {
    return {{{choose<operations, 1, look_at_clock>(), choose<operations, 2, look_at_clock>()}...}};
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

  template <std::size_t first, unsigned first_length, unsigned second_length, std::size_t... seconds>
  static constexpr PairRow make_row(std::index_sequence<seconds...>) {
    return {pair<pair_first[first], first_length, pair_second[seconds], second_length>...};
  }
  template <unsigned first_length, unsigned second_length, std::size_t... firsts>
  static constexpr PairTable make_pairs(std::index_sequence<firsts...>) {
    return {make_row<firsts, first_length, second_length>(std::make_index_sequence<pair_second.size()>())...};
  }
};

namespace handlers {

namespace {

constexpr auto all_operations = std::make_index_sequence<Execution::operation_count>();
constexpr Execution::Singles singles = Execution::make_singles<false>(all_operations);
constexpr Execution::Singles checking_singles = Execution::make_singles<true>(all_operations);

constexpr auto all_firsts = std::make_index_sequence<Execution::pair_first.size()>();
constexpr std::array<std::array<Execution::PairTable, 2>, 2> pairs{{
    {Execution::make_pairs<1, 1>(all_firsts), Execution::make_pairs<1, 2>(all_firsts)},
    {Execution::make_pairs<2, 1>(all_firsts), Execution::make_pairs<2, 2>(all_firsts)},
}};

}  // namespace

Handler single(Operation operation, unsigned length) {
  return singles[static_cast<std::size_t>(operation)][length - 1];
}

Handler checked(Operation operation, unsigned length) {
  return checking_singles[static_cast<std::size_t>(operation)][length - 1];
}

Handler pair(Operation first, unsigned first_length, Operation second, unsigned second_length) {
  const auto row = std::ranges::find(Execution::pair_first, first);
  const auto column = std::ranges::find(Execution::pair_second, second);
  if (row == Execution::pair_first.end() || column == Execution::pair_second.end()) return nullptr;
  const auto& table = pairs[first_length - 1][second_length - 1];
  return table[static_cast<std::size_t>(row - Execution::pair_first.begin())]
              [static_cast<std::size_t>(column - Execution::pair_second.begin())];
}

Handler far_transfer() { return Execution::far_transfer; }
Handler undecoded() { return Execution::undecoded; }
Handler region_end() { return Execution::leave; }

}  // namespace handlers

}  // namespace ferry::board
