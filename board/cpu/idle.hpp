// Loops that only wait are not executed pass by pass: time jumps, and everything is as if they had been.
//
// Such a loop polls a register or a word of memory, counts, or asks a timer for the time, and has no other
// effect. It is recognised while it runs: where the CPU comes by again and again, two passes are executed
// step by step and followed (LoopRecord). If they prove what all passes will be until an event changes what
// the loop reads, the CPU goes from event to event as it does in `wfi`, and after each event the inputs are
// looked at. Nobody can tell the difference: not the firmware, not a counter, not an observer. Whoever
// observes every single access to a register (Topic::registers) sees every one: nothing is skipped then.
#pragma once

#include "board/cpu/idle_record.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace ferry::board {

class Cpu;

class IdleLoops {
 public:
  struct Statistics {
    std::uint64_t waits = 0;         // loops that were left to time
    std::uint64_t instructions = 0;  // of them that nobody executed
  };
  // How the CPU goes on afterwards: at a place where it looks at the clock, or amid a block and without.
  enum class Next : std::uint8_t { look, go_on };

  explicit IdleLoops(Cpu& cpu) : cpu_(cpu), loop_(cpu) {}

  void enable(bool enabled) { enabled_ = enabled; }
  const Statistics& statistics() const { return statistics_; }

  // Execution comes by a place where loops wait. True: often enough to look at it; then leave, at a place
  // where the clock is looked at.
  bool passes(std::uint32_t pc) {
    Place& place = places_[pc / 2 % places_.size()];
    if (place.pc != pc) place = {.pc = pc};
    if (++place.passed < place.needed) return false;
    return want(place);
  }
  bool wanted() const { return wanted_; }
  // To be called when wanted, at the next instruction of pc(), with all events done that are due.
  Next skip();

  // Code, breakpoints, or the machine's state were changed from outside.
  void forget() { known_ = false; }
  // The machine starts anew.
  void reset() { known_ = behind_ = suspended_ = false; }
  // The registers lie behind the rest of the machine, in the callback of an event: brings them up to it.
  void bring_up_registers();

 private:
  static constexpr std::uint32_t first_needed = 8, most_needed = 1 << 16;
  // A loop that asks a timer needs some rounds until it and the timer are in step.
  static constexpr std::uint32_t falls_into_rhythm = 4;
  struct Place {
    std::uint32_t pc = 0;
    std::uint32_t passed = 0, needed = first_needed;
  };
  // As the CPU counts.
  struct Count {
    std::uint64_t cycles = 0, instructions = 0;
  };
  enum class Recording : std::uint8_t { proven, at_check, amid_block };

  bool want(Place& place);
  bool allowed() const;
  Recording record();
  Recording prove();
  Recording execute_pass(std::uint64_t length);
  Next wait();
  void go_to(std::uint64_t pass, const LoopRecord::Check& check);
  bool undisturbed() const;
  Next leave();

  Cpu& cpu_;
  LoopRecord loop_;
  bool enabled_ = true;
  bool wanted_ = false;
  Statistics statistics_;
  std::array<Place, 64> places_{};
  Place* place_ = nullptr;  // where the loop in question was noticed

  // The loop that was proven last.
  bool known_ = false;
  bool surveyed_ = false;   // and what was found out then is still to be expected of it
  std::uint32_t head_ = 0;  // where its passes begin
  Time period_ = 0;
  Count start_;  // where pass 1 began
  // Where the machine stands in the loop.
  std::uint64_t pass_ = 0;
  const LoopRecord::Check* check_ = nullptr;
  std::uint64_t told_loads_ = 0, told_stores_ = 0;
  std::array<std::uint64_t, LoopRecord::most_blocks> told_{};
  bool behind_ = false;
  // run() came to its end in the loop, and the next one may go on there.
  bool suspended_ = false;
  std::uint64_t suspended_cycles_ = 0;
};

}  // namespace ferry::board
