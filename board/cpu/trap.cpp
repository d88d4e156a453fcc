// Exceptions, interrupts and the instructions that end a block without going anywhere in particular.
#include "board/cpu/cpu.hpp"
#include "board/cpu/timing.hpp"

#include <algorithm>
#include <utility>

namespace ferry::board {

namespace {

enum Cause : std::uint32_t {
  fetch_access_fault = 1,
  illegal_instruction = 2,
  breakpoint = 3,
  machine_environment_call = 11,
};

// A handler that raises the exception it was entered for does it within few instructions, and for ever.
constexpr std::uint64_t close_by = 64;
constexpr unsigned hopeless = 16;

bool in_rom(std::uint32_t pc) { return pc - chip::memory_map::rom0.start < Memory::rom_size; }

}  // namespace

void Cpu::raise(std::uint32_t cause, std::uint32_t value) {
  if (stop_at_exceptions_) {
    pending_exception_ = Exception{.cause = cause, .value = value};
    pause_ = StopReason::exception;
    return;
  }
  enter_exception({.cause = cause, .value = value});
}

void Cpu::enter_exception(const Exception& exception) {
  const auto [cause, value] = exception;
  const bool again = last_exception_.pc == pc_ && last_exception_.cause == cause &&
                     count_.instructions - last_exception_.instructions < close_by;
  last_exception_ = {.pc = pc_,
                     .cause = cause,
                     .instructions = count_.instructions,
                     .repeated = again ? last_exception_.repeated + 1 : 0};
  if (last_exception_.repeated >= hopeless) stop_ = StopReason::trap_loop;

  const std::uint32_t pc = pc_;
  pc_ = control_.enter_exception(cause, pc_, value);
  count_.cycles += timing::trap_entry;
  if (catch_up()) observers_.tell(&Observer::exception_taken, cause, value, pc);
}

// What happens until here happens before observers hear of it. False: the CPU was reset meanwhile.
bool Cpu::catch_up() {
  redirected_ = false;
  synchronize();
  return !redirected_;
}

void Cpu::take_interrupt() {
  observers_.tell(&Observer::interrupt_taken, interrupt_line_);
  pc_ = control_.enter_interrupt(interrupt_line_, pc_);
  count_.cycles += timing::trap_entry;
}

void Cpu::execute_system(const Slot slot) {
  const auto word = static_cast<std::uint32_t>(slot.immediate);
  switch (slot.operation) {
    case Operation::ecall:
      return raise(machine_environment_call, 0);
    case Operation::ebreak:
      if (slot.length == 2 && call_semihosting()) return;
      return raise(breakpoint, pc_);
    case Operation::mret:
      last_exception_.repeated = 0;
      if (control_.user_mode_wanted() && !std::exchange(user_mode_noticed_, true))
        observers_.tell(&Observer::notice, "user mode is not modelled: mret stays in machine mode");
      pc_ = control_.leave_trap();
      count_.cycles += timing::trap_return;
      count_.instructions += 1;
      if (catch_up()) observers_.tell(&Observer::trap_left);
      return;
    case Operation::wfi:
      pc_ += 4;
      count_.cycles += 1;
      count_.instructions += 1;
      if (interrupt_line_ != 0) return;  // pending already: mstatus.MIE plays no part in it
      waiting_since_ = time_at(count_.cycles);
      waiting_ = true;
      return;
    case Operation::unfetchable:
      return raise(fetch_access_fault, pc_);
    default:
      if (rom_ != nullptr && in_rom(pc_)) return call_rom();
      return raise(illegal_instruction, word);
  }
}

// What a callback does to the CPU meanwhile, a reset for instance, goes before what the function wants.
void Cpu::call_rom() {
  redirected_ = false;
  synchronize();
  if (redirected_) return;
  rom_fault_.reset();
  const auto next = rom_->call(*this);
  if (redirected_) return;
  if (rom_fault_) return raise(rom_fault_->cause, rom_fault_->value);
  if (next) {
    pc_ = *next & ~1u;
  } else {
    stop_ = StopReason::rom_call;
  }
}

bool Cpu::settle() {
  synchronize();
  return !redirected_;
}

std::uint64_t Cpu::free_cycles() const {
  const std::uint64_t due = cycle_at(std::min(timeline_.next(), run_until_));
  return due > count_.cycles ? due - count_.cycles : 0;
}

bool Cpu::call_semihosting() {
  if (memory_.instruction_word(pc_ - 4) != semihosting::entry_word ||
      memory_.instruction_word(pc_ + 4) != semihosting::exit_word)
    return false;

  synchronize();
  constexpr unsigned a0 = 10, a1 = 11;
  const auto read_byte = [this](std::uint32_t address) -> std::optional<std::byte> {
    const std::byte* const byte = memory_.readable(address, 1);
    if (byte == nullptr) return std::nullopt;
    tell_watches(address);
    return *byte;
  };
  const semihosting::Answer answer =
      semihosting::call(registers_[a0], registers_[a1], read_byte, semihosting_);
  registers_[a0] = answer.result;
  pc_ += 4;
  count_.cycles += 1;
  count_.instructions += 1;
  if (answer.exit_code) {
    exit_code_ = *answer.exit_code;
    stop_ = StopReason::exited;
  }
  return true;
}

}  // namespace ferry::board
