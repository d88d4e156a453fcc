// The control and status registers of the ESP32-C3's core (technical reference manual, 1.4).
#pragma once

#include "board/state_archive.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace ferry::board {

namespace csr {
inline constexpr std::uint32_t ustatus = 0x000;  // no manual has it, and the boot ROM's start code writes it
inline constexpr std::uint32_t mstatus = 0x300, misa = 0x301, mtvec = 0x305;
inline constexpr std::uint32_t mscratch = 0x340, mepc = 0x341, mcause = 0x342, mtval = 0x343;
inline constexpr std::uint32_t pmpcfg0 = 0x3A0, pmpaddr0 = 0x3B0;
inline constexpr std::uint32_t tselect = 0x7A0, tdata1 = 0x7A1, tdata2 = 0x7A2, tcontrol = 0x7A5;
inline constexpr std::uint32_t mpcer = 0x7E0, mpcmr = 0x7E1, mpccr = 0x7E2;
// What user mode would see of the three above; esp-idf reads the last one in machine mode, too.
inline constexpr std::uint32_t upcer = 0x800, upcmr = 0x801, upccr = 0x802;
inline constexpr std::uint32_t gpio_output_enable = 0x803, gpio_input = 0x804, gpio_output = 0x805;
inline constexpr std::uint32_t mvendorid = 0xF11, marchid = 0xF12, mimpid = 0xF13, mhartid = 0xF14;
}  // namespace csr

// Bits of mpcer: what the performance counter counts.
namespace performance_event {
inline constexpr std::uint32_t cycle = 1 << 0, instruction = 1 << 1, load_hazard = 1 << 2,
                               jump_hazard = 1 << 3, idle = 1 << 4, load = 1 << 5, store = 1 << 6,
                               unconditional_jump = 1 << 7, branch = 1 << 8, taken_branch = 1 << 9,
                               compressed = 1 << 10;
inline constexpr std::uint32_t all = 0x7FF;
// Found by looking at totals; all others need a look at every instruction.
inline constexpr std::uint32_t totals = cycle | instruction | idle;
}  // namespace performance_event

// mpcer, mpcmr, mpccr.
class PerformanceCounter {
 public:
  // How far the machine has come since power-on.
  struct Totals {
    std::uint64_t cycles;  // does not move in wfi
    std::uint64_t instructions;
    std::uint64_t idle_cycles;
  };

  // True when single instructions have to be reported through `count`.
  bool needs_every_instruction() const;
  // One instruction raised these events. Those that occur in one cycle count once; a hazard is a cycle of its
  // own.
  void count(std::uint32_t raised);
  // Brings the value up to date; to be called before any of the accesses below.
  void settle(const Totals& totals);

  std::uint32_t events() const { return events_; }
  std::uint32_t mode() const { return mode_; }
  std::uint32_t value() const { return value_; }
  void set_events(std::uint32_t events) { events_ = events & performance_event::all; }
  void set_mode(std::uint32_t mode) { mode_ = mode & 3; }
  void set_value(std::uint32_t value) { value_ = value; }

 private:
  static constexpr std::uint32_t enable = 1, saturate = 2;  // mpcmr

  void add(std::uint64_t amount);

  std::uint32_t events_ = 0;
  std::uint32_t mode_ = 0;
  std::uint32_t value_ = 0;
  Totals settled_{};
};

// The eight pins that CSR instructions reach (signals 28 to 35 of the GPIO matrix). Whoever drives them
// implements it.
class DedicatedGpio {
 public:
  virtual ~DedicatedGpio() = default;
  virtual void set_output_enable(std::uint8_t enables) = 0;
  virtual void set_output(std::uint8_t levels) = 0;
  virtual std::uint8_t input() = 0;
};

class ControlRegisters {
 public:
  static constexpr std::uint32_t mie = 1 << 3, mpie = 1 << 7, mpp = 3 << 11, tw = 1 << 21;  // bits of mstatus

  void reset();
  void archive_state(StateArchive& archive);
  // Nothing when there is no such register.
  std::optional<std::uint32_t> read(std::uint32_t number, const PerformanceCounter::Totals& totals);
  // False when there is no such register or it is read-only.
  bool write(std::uint32_t number, std::uint32_t value, const PerformanceCounter::Totals& totals);
  void set_dedicated_gpio(DedicatedGpio* gpio);

  bool interrupts_enabled() const { return (mstatus_ & mie) != 0; }
  // Saves where and why, disables interrupts. Returns the address to go on at: base for exceptions, base +
  // 4·line for interrupts.
  std::uint32_t enter_exception(std::uint32_t cause, std::uint32_t pc, std::uint32_t value);
  std::uint32_t enter_interrupt(unsigned line, std::uint32_t pc);
  // mret. Returns the address to go on at.
  std::uint32_t leave_trap();
  // Whether software has asked mret for user mode since the last trap; the board stays in machine mode.
  bool user_mode_wanted() const { return user_mode_wanted_; }

  std::uint32_t trap_vector() const { return mtvec_ & ~0xFFu; }
  PerformanceCounter& performance() { return performance_; }

 private:
  static constexpr std::uint32_t trigger_count = 8;

  std::uint32_t* plain(std::uint32_t number);
  void enter(std::uint32_t cause, std::uint32_t pc, std::uint32_t value);

  std::uint32_t mstatus_ = mpp;
  bool user_mode_wanted_ = false;
  std::uint32_t mtvec_ = 1;
  std::uint32_t mscratch_ = 0, mepc_ = 0, mcause_ = 0, mtval_ = 0;
  // Kept and read back; they protect nothing and stop nothing.
  std::array<std::uint32_t, 4> pmpcfg_{};
  std::array<std::uint32_t, 16> pmpaddr_{};
  std::array<std::uint32_t, trigger_count> tdata1_{}, tdata2_{};
  std::uint32_t tselect_ = 0, tcontrol_ = 0;
  std::uint32_t gpio_output_enable_ = 0, gpio_output_ = 0;
  PerformanceCounter performance_;
  DedicatedGpio* gpio_ = nullptr;
};

}  // namespace ferry::board
