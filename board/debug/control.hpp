// Runs a board as a debugger wants it: up to breakpoints and watchpoints, or instruction by instruction.
//
// Nothing here changes what the firmware does or when: a run with stops is the same run as one without, as
// long as the debugger writes nothing.
#pragma once

#include "board/board.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/instruction.hpp"
#include "board/observer.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ferry::board::debug {

enum class WatchKind : std::uint8_t { write, read, access };

struct Watchpoint {
  WatchKind kind;
  std::uint32_t address;
  std::uint32_t length;

  bool operator==(const Watchpoint&) const = default;
};

struct Stop {
  enum class Why : std::uint8_t {
    time,        // run_until() has reached its time: nothing is to be reported
    breakpoint,  // before the instruction at pc
    stepped,     // the instruction is done
    watchpoint,  // behind the access, which `watch` and `address` tell
    exception,   // before the exception is entered
    remark,      // somebody who looks on wants attention: `text`
    ended,       // `board` says how
  };
  Why why = Why::time;
  Board::Stop board = Board::Stop::reached_time;
  WatchKind watch = WatchKind::write;
  std::uint32_t address = 0;
  bool by_dma = false;
  std::string text = {};
};

class Control final : private AccessWatcher, private Observer {
 public:
  static constexpr std::size_t most_breakpoints = 1024, most_watchpoints = 64;

  explicit Control(Board& board);
  ~Control() override;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // False when there is no place for one at this address, or there are too many.
  bool add_breakpoint(std::uint32_t pc);
  bool remove_breakpoint(std::uint32_t pc);
  // Accesses by the CPU to memory and registers, and by the DMA engine to memory.
  bool add_watchpoint(const Watchpoint& watchpoint);
  bool remove_watchpoint(const Watchpoint& watchpoint);
  void remove_all();

  // Makes the next run end behind one instruction. An interrupt that comes before it is over is served as a
  // whole: a step leads to the next instruction of the code that is looked at.
  void begin_step();
  // What is left of a step is not wanted any more.
  void end_step();
  Stop run_until(Time time);
  // For callbacks of the board: the run ends for this reason. `under_way`: it is something that the CPU's
  // instruction at its pc does, and the run ends right behind it; else at the next place where it can.
  void draw_attention(std::string text, bool under_way);

  Board& board() { return board_; }

 private:
  struct Step {
    std::uint32_t trap_vector;
    bool interruptible;  // and not by its own doing
  };

  void cpu_accesses(const BusAccess& access, std::optional<std::uint32_t> stored) override;
  void register_accessed(const RegisterAccess& access) override;
  void dma_bytes(unsigned channel, DmaDirection direction, std::uint32_t address,
                 std::uint32_t count) override;
  void dma_descriptor_closed(const DmaDescriptorEvent& event) override;

  void check(std::uint32_t address, std::uint32_t length, bool write, bool by_dma);
  void observe();
  bool stop_behind(const Instruction& instruction);
  bool stop_once_at(std::uint32_t pc);
  std::uint32_t trap_vector();
  bool interrupts_enabled();
  bool inside_interrupt();
  Instruction instruction_at(std::uint32_t pc);

  Board& board_;
  std::set<std::uint32_t> breakpoints_;
  // Of these, those in memory where nothing can be fetched: GDB calls functions with one of the stack's
  // addresses to return to, where the exception stops them.
  std::set<std::uint32_t> traps_;
  bool breaks_on_trap_ = false;  // without them
  std::vector<Watchpoint> watchpoints_;
  std::vector<std::uint32_t> once_;  // breakpoints for the next stop alone
  std::optional<Step> step_;
  std::optional<Stop> hit_;
};

}  // namespace ferry::board::debug
