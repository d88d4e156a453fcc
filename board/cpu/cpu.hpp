// The processor: RV32IMC in machine mode, as the ESP32-C3 has it.
//
// The CPU and the timeline agree on time wherever it matters: before anything but a plain access to SRAM, all
// events due by the CPU's cycle have run. Between such points the CPU may be ahead by one basic block.
#pragma once

#include "board/bus.hpp"
#include "board/clocks.hpp"
#include "board/cpu/access_watches.hpp"
#include "board/cpu/code.hpp"
#include "board/cpu/csr.hpp"
#include "board/cpu/idle.hpp"
#include "board/cpu/semihosting.hpp"
#include "board/memory.hpp"
#include "board/observer.hpp"
#include "board/timeline.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board {

class Cpu;

enum class StopReason : std::uint8_t {
  reached_time,  // the time given to run() has come
  exited,        // semihosting: see exit_code()
  deadlock,      // wfi, and nothing pending or scheduled could ever end it
  trap_loop,     // the trap handler itself raises an exception, again and again
  requested,     // request_stop()
  breakpoint,    // before the instruction of a breakpoint
  exception,     // before the entry into an exception: see stop_at_exceptions()
  rom_call,      // at a function of the boot ROM that RomAnswers does not know
};

// Answers for the boot ROM where its code is not there: the CPU asks when it executes in the ROM and finds an
// undefined instruction.
class RomAnswers {
 public:
  virtual ~RomAnswers() = default;
  // Does what the function at cpu.pc() does. Returns where to go on; nothing when there is no such function.
  virtual std::optional<std::uint32_t> call(Cpu& cpu) = 0;
};

// An instruction has changed the stack pointer.
struct StackMove {
  std::uint32_t from, to, pc;
  // By adding to it or to the frame pointer, as the end of a function does; from a register that functions
  // preserve, where it was put aside; or from anywhere else, as the switch to another stack does.
  enum class How : std::uint8_t { added, put_back, other } how;
};

// Hears when the stack pointer is changed to above a limit, and when one is put there that may be another
// stack's.
class StackFollower {
 public:
  virtual ~StackFollower() = default;
  virtual void stack_moved(const StackMove& move) = 0;
  virtual void stack_put(std::uint32_t /*pointer*/, std::uint32_t /*pc*/) {}
};

class Cpu {
 public:
  struct Count {
    std::uint64_t cycles = 0;        // clock cycles outside wfi
    std::uint64_t instructions = 0;  // retired: what raised an exception does not count
  };
  struct Counters {
    std::uint64_t cycles;        // clock cycles outside wfi
    std::uint64_t instructions;  // retired: what raised an exception does not count
    Time idle;                   // time spent in wfi
    std::uint64_t register_loads, register_stores;
  };

  // All of these must outlive the CPU.
  Cpu(Bus& bus, Memory& memory, Timeline& timeline, Clocks& clocks, Observers& observers);
  Cpu(const Cpu&) = delete;
  Cpu& operator=(const Cpu&) = delete;

  // State as after a reset of the core, and `pc` as the next instruction. Time and counters go on. May be
  // called from a device's or event's callback.
  void reset(std::uint32_t pc);
  // Of a CPU that is not inside run(). Breakpoints and other wishes of a debugger stay as they are.
  void archive_state(StateArchive& archive);

  // Executes until something else ends it, or until the first opportunity at or after `until`, which is
  // behind a basic block or, if wanted, behind any instruction. The timeline then stands where the CPU does.
  StopReason run(Time until, bool ends_in_blocks = false);
  // One instruction, or the entry into an interrupt that was pending before it. A CPU in wfi waits to the end
  // of it.
  std::optional<StopReason> step();
  // After these two reasons the CPU is paused, maybe amid a basic block; run() then goes on as if nothing had
  // been, without the breakpoint at pc() and into the exception. False: no code can be there.
  bool set_breakpoint(std::uint32_t pc);
  void remove_breakpoint(std::uint32_t pc);
  void stop_at_exceptions(bool stop) { stop_at_exceptions_ = stop; }
  bool stops_at_exceptions() const { return stop_at_exceptions_; }
  struct Exception {
    std::uint32_t cause, value;  // mcause, mtval
  };
  // What the CPU is about to enter while it is paused before an exception.
  const std::optional<Exception>& pending_exception() const { return pending_exception_; }

  // Code that was executed so often is translated for this computer, where there is a translator for it; 0
  // means never. It makes no difference but in speed. Not for callbacks.
  void translate_after(unsigned visits);
  std::size_t translations() const;  // how many there are at present

  // Ends run() after the current instruction. For callbacks of devices, events and observers.
  void request_stop();
  // What the firmware gave when it exited.
  int exit_code() const { return exit_code_; }

  // The interrupt matrix's decision: the line to take, 0 for none.
  void set_interrupt(unsigned line);

  // The address of the current instruction in callbacks, of the next one outside run().
  std::uint32_t pc() const { return pc_; }
  // Of a paused CPU: nothing that was pending at the old place happens.
  void set_pc(std::uint32_t pc);
  std::uint32_t register_value(unsigned number) const { return registers()[number]; }
  std::span<const std::uint32_t, 32> registers() const {
    idle_loops_.bring_up_registers();
    return std::span(registers_).first<32>();
  }
  void set_register(unsigned number, std::uint32_t value);
  std::optional<std::uint32_t> csr(std::uint32_t number) { return control_.read(number, totals()); }
  bool set_csr(std::uint32_t number, std::uint32_t value);
  bool waiting() const { return waiting_; }
  Counters counters() const;

  // Whether time jumps over loops that only wait, as it does over wfi. Nothing else differs. It does unless
  // told otherwise.
  void skip_idle_loops(bool skip) { idle_loops_.enable(skip); }
  const IdleLoops::Statistics& skipped() const { return idle_loops_.statistics(); }

  void set_semihosting(SemihostingHandler* handler) { semihosting_ = handler; }
  void set_dedicated_gpio(DedicatedGpio* gpio) { control_.set_dedicated_gpio(gpio); }
  // The CPU's own time: where an instruction begins, which may be ahead of the timeline by one basic block.
  Time now() const { return waiting_ ? timeline_.now() : time_at(count_.cycles); }
  // Who wants to hear of instructions that leave the stack pointer above `limit`, where it was not above
  // `highest` before, but for those that make room by subtracting from it; null: nobody. A CPU that has been
  // followed once is a bit slower, and otherwise the same.
  void follow_stack(StackFollower* follower, std::uint32_t limit = 0, std::uint32_t highest = ~0u);
  // Who wants to hear from now on, followed or not, whenever a pointer is put there that is not the old one
  // or the frame pointer with something added: loaded, moved, the first half of an address; null: nobody.
  // Code that does nothing of the kind is as fast as before.
  void tell_of_stacks(StackFollower* listener);
  // As a function of the boot ROM does that the board answers: the follower hears of it.
  void jump_stack(std::uint32_t pointer);
  // Told of accesses to memory before they happen.
  AccessWatches& watches() { return watches_; }

  // For RomAnswers, which acts between two instructions, at pc(): an access as an instruction would do it,
  // with the cycles it takes; one that nobody answers raises its exception when the answer ends.
  BusResult access_as_rom(std::uint32_t address, std::uint32_t width, std::optional<std::uint32_t> stored);
  void spend(std::uint64_t cycles) { count_.cycles += cycles; }
  void retire(std::uint64_t instructions) { count_.instructions += instructions; }
  // What happens until the end of what was spent, happens. False: it has reset the CPU, and the answer is
  // over.
  bool settle();
  Time period() const { return period_; }
  // How many cycles may be spent before somebody else has something to do.
  std::uint64_t free_cycles() const;
  bool watched(std::uint32_t address, std::uint32_t length, bool write) const;
  // Somebody other than an instruction is about to access a byte of memory on the program's behalf: who
  // watches it hears of that. Nothing else happens, and no time passes.
  void tell_watches(std::uint32_t address, std::optional<std::uint8_t> stored = std::nullopt);
  void set_rom(RomAnswers* rom) { rom_ = rom; }

 private:
  friend struct Execution;  // the handlers
  friend class IdleLoops;
  friend class LoopRecord;
  enum class Outcome : std::uint8_t { done, elsewhere };  // elsewhere: pc_ says where to go on

  // Time.
  // Counts what handlers have executed since they last reported.
  void advance(Progress progress) {
    count_.cycles += progress.cycles();
    count_.instructions += progress.instructions();
  }
  Time time_at(std::uint64_t cycles) const { return anchor_time_ + (cycles - anchor_cycles_) * period_; }
  std::uint64_t cycle_at(Time time) const;  // the first one that begins at or after `time`
  void synchronize() { timeline_.advance_to(now()); }
  void show_time();
  void update_deadline();
  void anchor();
  void end_wait();
  PerformanceCounter::Totals totals() const;

  // Running.
  void execute(bool passes_breakpoint);
  void execute_one(bool passes_breakpoint);
  void execute_alone(Slot* slot);
  void enter(const Slot* slot, Handler handler);
  std::optional<StopReason> wait(Time until);
  Slot* find_slot();
  void count_events(const Slot& executed, std::uint32_t pc);

  // What handlers leave to the CPU. `slot` is by value: the instruction may overwrite itself.
  Outcome access(Slot slot);
  bool access_beside_watched(const Slot& slot);
  bool access_looked_at(const Slot& slot);
  BusResult reach(const BusAccess& access, std::optional<std::uint32_t> stored);
  bool load_from_window(const Slot& slot);
  void stack_moved(const Slot& slot, std::uint32_t from);
  void set_result(const Slot& slot, std::uint32_t value);
  Outcome access_csr(Slot slot);
  void execute_system(Slot slot);
  void transfer_far();
  void code_written(std::uint32_t offset, std::uint32_t length);

  // Traps.
  void raise(std::uint32_t cause, std::uint32_t value);
  void enter_exception(const Exception& exception);
  bool catch_up();
  void take_interrupt();
  bool call_semihosting();
  void call_rom();

  // What handlers use comes first: it shares a few lines of the host's cache.
  std::array<std::uint32_t, register_count> registers_{};
  std::uint32_t pc_ = 0;
  Progress deadline_;      // handlers leave at the first check that finds it reached
  Slot* slots_ = nullptr;  // of the region execution is in
  std::uint32_t code_start_ = 0, code_size_ = 0;
  std::uint32_t stack_limit_ = ~0u, highest_stack_ = ~0u;  // for the follower
  Count count_;
  CodeRegion* region_ = nullptr;
  mutable IdleLoops idle_loops_{*this};  // what it knows of the registers is brought up when somebody looks

  Bus& bus_;
  Memory& memory_;
  Timeline& timeline_;
  Clocks& clocks_;
  Observers& observers_;
  ControlRegisters control_;
  std::array<CodeRegion, 4> regions_;

  Time period_;
  Time anchor_time_ = 0;  // when cycle anchor_cycles_ began
  std::uint64_t anchor_cycles_ = 0;
  Time run_until_ = 0;
  std::optional<StopReason> stop_;
  std::optional<StopReason> pause_;  // execution left for this reason
  bool paused_ = false;              // and run() goes on without a look at the clock
  bool stop_at_exceptions_ = false;
  std::optional<Exception> pending_exception_;
  bool single_step_ = false;
  bool redirected_ = false;  // pc_ was set from a callback while an instruction was under way
  int exit_code_ = 0;

  unsigned interrupt_line_ = 0;
  bool waiting_ = false;  // in wfi
  Time waiting_since_ = 0;
  Time idle_ = 0;
  std::uint64_t idle_cycles_ = 0;

  // The last exception, to recognise a handler that raises it itself.
  struct LastException {
    std::uint32_t pc = 0, cause = 0;
    std::uint64_t instructions = 0;
    unsigned repeated = 0;
  };
  LastException last_exception_;
  bool user_mode_noticed_ = false;

  SemihostingHandler* semihosting_ = nullptr;
  AccessWatches watches_{memory_};
  StackFollower* stack_follower_ = nullptr;
  StackFollower* stack_listener_ = nullptr;
  RomAnswers* rom_ = nullptr;
  std::optional<Exception> rom_fault_;
};

}  // namespace ferry::board
