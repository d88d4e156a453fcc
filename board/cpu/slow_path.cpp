// What handlers do not do themselves: accesses beyond plain SRAM, CSRs, jumps between regions.
#include "board/cpu/compute.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/timing.hpp"

#include <bit>
#include <cstring>
#include <span>

static_assert(std::endian::native == std::endian::little);

namespace ferry::board {

namespace {

enum Cause : std::uint32_t { illegal_instruction = 2, load_access_fault = 5, store_access_fault = 7 };

}  // namespace

Cpu::Outcome Cpu::access(const Slot slot) {
  redirected_ = false;
  synchronize();  // everything that happens before this access has happened when it is seen
  if (redirected_) return Outcome::elsewhere;

  const bool write = is_store(slot.operation);
  const BusAccess access{.address = registers_[slot.source] + as_unsigned(slot.immediate) + access_bias,
                         .width = access_width(slot.operation),
                         .pc = pc_};
  const BusResult result = reach(access, write ? std::optional(registers_[slot.destination]) : std::nullopt);
  if (redirected_) return Outcome::elsewhere;
  if (result.fault) {
    raise(write ? store_access_fault : load_access_fault, access.address);
    return Outcome::elsewhere;
  }
  if (!write) set_result(slot, extend(slot.operation, result.value));
  count_.cycles += timing::base(slot.operation) + slot.stall + result.extra_cycles;
  count_.instructions += 1;
  update_deadline();
  const bool polls = !write && chip::memory_map::peripherals.contains(access.address);
  if (polls && idle_loops_.passes(pc_)) deadline_ = Progress();
  // A store may take the flash window away from under the code that does it.
  if (write && !memory_.fetchable(region_->memory_offset() + pc_ - code_start_)) {
    pc_ += 2u * slot.length;
    return Outcome::elsewhere;
  }
  return Outcome::done;
}

BusResult Cpu::reach(const BusAccess& access, std::optional<std::uint32_t> stored) {
  // Only memory is watched. They are told of a copy: what nobody takes the address of stays in the host's
  // registers.
  const bool is_register = chip::memory_map::peripherals.contains(access.address);
  if (!is_register && watches_.any()) watches_.tell(BusAccess(access), stored);
  return stored ? bus_.store(access, *stored) : bus_.load(access);
}

bool Cpu::watched(std::uint32_t address, std::uint32_t length, bool write) const {
  if (!watches_.any() || length == 0) return false;
  const auto offset = Memory::offset(address, length);
  if (!offset) return false;
  const std::uint8_t flag = write ? line_write_watched : line_read_watched;
  const std::uint8_t* flags = memory_.line_flags();
  for (std::uint32_t line = *offset / Memory::line_size; line <= (*offset + length - 1) / Memory::line_size;
       ++line)
    if ((flags[line] & flag) != 0) return true;
  return false;
}

void Cpu::tell_watches(std::uint32_t address, std::optional<std::uint8_t> stored) {
  if (watches_.any()) watches_.tell({.address = address, .width = 1, .pc = pc_}, stored);
}

BusResult Cpu::access_as_rom(std::uint32_t address, std::uint32_t width,
                             std::optional<std::uint32_t> stored) {
  synchronize();
  if (redirected_) return {};
  const BusResult result = reach({.address = address, .width = width, .pc = pc_}, stored);
  count_.cycles += 1 + result.extra_cycles;
  if (result.fault && !rom_fault_)
    rom_fault_ = Exception{.cause = stored ? store_access_fault : load_access_fault, .value = address};
  return result;
}

// Constants in flash: nothing but the cache's table can change what they are, so no event needs to have
// happened before. False: the load is none of these.
bool Cpu::load_from_window(const Slot& slot) {
  if (!is_load(slot.operation)) return false;
  const std::uint32_t width = access_width(slot.operation);
  const std::uint32_t offset = registers_[slot.source] + as_unsigned(slot.immediate) + access_bias -
                               chip::memory_map::flash_data.start;
  if (offset >= chip::memory_map::flash_data.size || offset % width != 0 ||
      !memory_.loadable(Memory::window_offset + offset))
    return false;
  const std::byte* bytes = memory_.bytes() + Memory::window_offset + offset;
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, width);
  registers_[slot.destination] = extend(slot.operation, value);
  return true;
}

// An access in a line that somebody watches, to bytes of it that nobody does. False: it is none, or a load of
// the stack pointer, whose follower wants to know where that is.
bool Cpu::access_beside_watched(const Slot& slot) {
  constexpr chip::memory_map::Region plain = chip::memory_map::sram1_data;
  const bool write = is_store(slot.operation);
  // Who follows the stack has to know the place.
  if (!write && slot.destination == stack_pointer_register && stack_follower_ != nullptr) return false;
  const std::uint32_t width = access_width(slot.operation);
  const std::uint32_t address = registers_[slot.source] + as_unsigned(slot.immediate) + access_bias;
  if (!plain.contains(address, width) || address % width != 0) return false;
  const std::uint32_t offset = address - plain.start + chip::memory_map::sram0.size;
  const unsigned others = write ? line_holds_code | line_unwritten : 0;
  if ((memory_.line_flags()[offset / Memory::line_size] & others) != 0) return false;
  if (memory_.watched(offset, width, write)) return false;
  std::byte* const bytes = memory_.bytes() + offset;
  if (write) {
    std::memcpy(bytes, &registers_[slot.destination], width);
  } else {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, width);
    set_result(slot, extend(slot.operation, value));
  }
  return true;
}

// An access that the fast path would do if nobody looked: it is done in the same way, at the same moment, so
// that looking changes nothing. False: it is none, or somebody may want to stop at it.
bool Cpu::access_looked_at(const Slot& slot) {
  constexpr chip::memory_map::Region plain = chip::memory_map::sram1_data;
  const bool write = is_store(slot.operation);
  const BusAccess access{.address = registers_[slot.source] + as_unsigned(slot.immediate) + access_bias,
                         .width = access_width(slot.operation),
                         .pc = pc_};
  if (!plain.contains(access.address, access.width) || access.address % access.width != 0) return false;
  const std::uint32_t line =
      (access.address - plain.start + chip::memory_map::sram0.size) / Memory::line_size;
  if (write && (memory_.line_flags()[line] & line_holds_code) != 0) return false;
  if (watches_.may_stop()) return false;
  std::uint32_t value = write ? registers_[slot.destination] : 0;
  if (watches_.any()) watches_.tell(access, write ? std::optional(value) : std::nullopt);
  std::byte* const bytes = memory_.at(access.address, access.width);
  if (write) {
    memory_.write(access.address, std::as_bytes(std::span(&value, 1)).first(access.width));
  } else {
    std::memcpy(&value, bytes, access.width);
    set_result(slot, extend(slot.operation, value));
  }
  update_deadline();
  return true;
}

Cpu::Outcome Cpu::access_csr(const Slot slot) {
  using enum Operation;
  redirected_ = false;
  synchronize();
  if (redirected_) return Outcome::elsewhere;

  const auto word = as_unsigned(slot.immediate);
  const std::uint32_t number = word >> 20;
  const Operation operation = slot.operation;
  const std::uint32_t operand = operation >= csrrwi ? slot.source : registers_[slot.source];
  const bool swaps = operation == csrrw || operation == csrrwi;
  const bool sets = operation == csrrs || operation == csrrsi;
  const auto old = control_.read(number, totals());
  bool valid = old.has_value();
  // Setting or clearing nothing is only a read, also of a register that cannot be written.
  if (valid && (swaps || slot.source != 0)) {
    const std::uint32_t value = swaps ? operand : sets ? *old | operand : *old & ~operand;
    valid = control_.write(number, value, totals());
  }
  if (redirected_) return Outcome::elsewhere;
  if (!valid) {
    raise(illegal_instruction, word);
    return Outcome::elsewhere;
  }
  set_result(slot, *old);
  count_.cycles += timing::base(operation);
  count_.instructions += 1;
  update_deadline();
  const bool counts = number == csr::mpccr || number == csr::upccr;
  if (counts && idle_loops_.passes(pc_)) deadline_ = Progress();
  return Outcome::done;
}

// A branch or jal with a target outside the region. Rare enough to be decoded again.
void Cpu::transfer_far() {
  const Instruction instruction = region_->instruction_at(pc_);
  const bool taken =
      is_jump(instruction.operation) ||
      holds(instruction.operation, registers_[instruction.source1], registers_[instruction.source2]);
  count_.cycles += timing::base(instruction.operation);
  count_.instructions += 1;
  if (instruction.operation == Operation::jal) {
    if (instruction.destination != 0) registers_[instruction.destination] = pc_ + instruction.length;
  } else if (taken) {
    count_.cycles += timing::taken_branch_extra;
  }
  pc_ += taken ? as_unsigned(instruction.immediate) : instruction.length;
}

}  // namespace ferry::board
