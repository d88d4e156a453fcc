#include "board/cpu/csr.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace ferry::board {

namespace {

// I, M, C and U in misa's alphabet, and 1 for 32 bits.
constexpr std::uint32_t misa_value =
    1u << 30 | 1u << ('I' - 'A') | 1u << ('M' - 'A') | 1u << ('C' - 'A') | 1u << ('U' - 'A');

}  // namespace

bool PerformanceCounter::needs_every_instruction() const {
  return (mode_ & enable) != 0 && (events_ & ~performance_event::totals) != 0 &&
         (events_ & performance_event::cycle) == 0;
}

void PerformanceCounter::count(std::uint32_t raised) {
  using namespace performance_event;
  constexpr std::uint32_t hazards = load_hazard | jump_hazard;
  const std::uint32_t selected = events_ & raised;
  add((selected & ~hazards) != 0 ? 1 : 0);
  add(static_cast<unsigned>(std::popcount(selected & hazards)));
}

void PerformanceCounter::settle(const Totals& totals) {
  if ((mode_ & enable) != 0) {
    // Each cycle counts once, whatever else happens in it.
    if ((events_ & performance_event::cycle) != 0) {
      add(totals.cycles - settled_.cycles);
    } else if ((events_ & ~performance_event::idle) == performance_event::instruction) {
      add(totals.instructions - settled_.instructions);
    }
    if ((events_ & performance_event::idle) != 0) add(totals.idle_cycles - settled_.idle_cycles);
  }
  settled_ = totals;
}

void PerformanceCounter::add(std::uint64_t amount) {
  constexpr std::uint64_t maximum = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t sum = value_ + amount;
  value_ = static_cast<std::uint32_t>((mode_ & saturate) != 0 ? std::min(sum, maximum) : sum);
}

void ControlRegisters::reset() {
  DedicatedGpio* const gpio = gpio_;
  *this = ControlRegisters();
  set_dedicated_gpio(gpio);
}

void ControlRegisters::set_dedicated_gpio(DedicatedGpio* gpio) {
  gpio_ = gpio;
  if (gpio_ == nullptr) return;
  gpio_->set_output_enable(static_cast<std::uint8_t>(gpio_output_enable_));
  gpio_->set_output(static_cast<std::uint8_t>(gpio_output_));
}

void ControlRegisters::archive_state(StateArchive& archive) {
  archive(mstatus_, user_mode_wanted_, mtvec_, mscratch_, mepc_, mcause_, mtval_, pmpcfg_, pmpaddr_, tdata1_,
          tdata2_, tselect_, tcontrol_, gpio_output_enable_, gpio_output_, performance_);
}

// Registers that are no more than 32 bits kept.
std::uint32_t* ControlRegisters::plain(std::uint32_t number) {
  if (number - csr::pmpcfg0 < pmpcfg_.size()) return &pmpcfg_[number - csr::pmpcfg0];
  if (number - csr::pmpaddr0 < pmpaddr_.size()) return &pmpaddr_[number - csr::pmpaddr0];
  switch (number) {
    case csr::mscratch:
      return &mscratch_;
    case csr::mcause:
      return &mcause_;
    case csr::mtval:
      return &mtval_;
    case csr::tdata1:
      return &tdata1_[tselect_];
    case csr::tdata2:
      return &tdata2_[tselect_];
    case csr::tcontrol:
      return &tcontrol_;
    default:
      return nullptr;
  }
}

std::optional<std::uint32_t> ControlRegisters::read(std::uint32_t number,
                                                    const PerformanceCounter::Totals& totals) {
  if (const std::uint32_t* kept = plain(number)) return *kept;
  switch (number) {
    case csr::mstatus:
      return mstatus_;
    case csr::ustatus:  // of the user mode that the board does not have
      return 0;
    case csr::misa:
      return misa_value;
    case csr::mtvec:
      return mtvec_;
    case csr::mepc:
      return mepc_;
    case csr::tselect:
      return tselect_;
    case csr::mpcer:
    case csr::upcer:
      return performance_.events();
    case csr::mpcmr:
    case csr::upcmr:
      return performance_.mode();
    case csr::mpccr:
    case csr::upccr:
      performance_.settle(totals);
      return performance_.value();
    case csr::gpio_output_enable:
      return gpio_output_enable_;
    case csr::gpio_input:
      return gpio_ == nullptr ? 0 : gpio_->input();
    case csr::gpio_output:
      return gpio_output_;
    case csr::mvendorid:
      return 0x612;
    case csr::marchid:
      return 0x8000'0001;
    case csr::mimpid:
      return 1;
    case csr::mhartid:
      return 0;
    default:
      return std::nullopt;
  }
}

bool ControlRegisters::write(std::uint32_t number, std::uint32_t value,
                             const PerformanceCounter::Totals& totals) {
  if (std::uint32_t* kept = plain(number)) {
    *kept = value;
    return true;
  }
  switch (number) {
    case csr::mstatus:  // MPP keeps saying machine mode: the board has no other
      mstatus_ = (value & (mie | mpie | tw)) | mpp;
      user_mode_wanted_ = (value & mpp) != mpp;
      return true;
    case csr::ustatus:
    case csr::misa:  // hardwired, and writing it is allowed
      return true;
    case csr::mtvec:  // always vectored, 256 bytes aligned
      mtvec_ = (value & ~0xFFu) | 1;
      return true;
    case csr::mepc:
      mepc_ = value & ~1u;
      return true;
    case csr::tselect:
      tselect_ = value % trigger_count;
      return true;
    case csr::mpcer:
    case csr::upcer:
      performance_.settle(totals);
      performance_.set_events(value);
      return true;
    case csr::mpcmr:
    case csr::upcmr:
      performance_.settle(totals);
      performance_.set_mode(value);
      return true;
    case csr::mpccr:
    case csr::upccr:
      performance_.settle(totals);
      performance_.set_value(value);
      return true;
    case csr::gpio_output_enable:
      gpio_output_enable_ = value & 0xFF;
      if (gpio_ != nullptr) gpio_->set_output_enable(static_cast<std::uint8_t>(gpio_output_enable_));
      return true;
    case csr::gpio_output:
      gpio_output_ = value & 0xFF;
      if (gpio_ != nullptr) gpio_->set_output(static_cast<std::uint8_t>(gpio_output_));
      return true;
    default:
      return false;
  }
}

void ControlRegisters::enter(std::uint32_t cause, std::uint32_t pc, std::uint32_t value) {
  mepc_ = pc;
  mcause_ = cause;
  mtval_ = value;
  user_mode_wanted_ = false;
  const std::uint32_t previous = (mstatus_ & mie) != 0 ? mpie : 0;
  mstatus_ = (mstatus_ & ~(mie | mpie)) | previous;
}

std::uint32_t ControlRegisters::enter_exception(std::uint32_t cause, std::uint32_t pc, std::uint32_t value) {
  enter(cause, pc, value);
  return trap_vector();
}

std::uint32_t ControlRegisters::enter_interrupt(unsigned line, std::uint32_t pc) {
  enter(0x8000'0000 | line, pc, 0);
  return trap_vector() + 4 * line;
}

// The manual says that MPIE is cleared, where the standard says set.
std::uint32_t ControlRegisters::leave_trap() {
  const std::uint32_t previous = (mstatus_ & mpie) != 0 ? mie : 0;
  mstatus_ = (mstatus_ & ~(mie | mpie)) | previous;
  return mepc_;
}

}  // namespace ferry::board
