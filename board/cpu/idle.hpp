// Loops that only wait are not executed pass by pass: time jumps, and everything is as if they had been.
//
// Such a loop polls a register or a word of memory, counts, or asks a timer for the time, and has no other
// effect. It is recognised while it runs: where the CPU comes by again and again, two passes are executed
// step by step and followed (LoopRecord). If they prove what all passes will be until an event changes what
// the loop reads, the CPU goes from event to event as it does in `wfi`, and after each event the inputs are
// looked at. The proofs are kept: when the CPU comes by the next time, one is gone through with the values of
// then, which takes a fraction of the time. Nobody can tell the difference: not the firmware, not a counter,
// not an observer. Whoever observes every single access to a register (Topic::registers) sees every one:
// nothing is skipped then.
#pragma once

#include "board/cpu/idle_record.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ferry::board {

class Cpu;

class IdleLoops {
 public:
  struct Statistics {
    std::uint64_t waits = 0;         // loops that were left to time
    std::uint64_t resumed = 0;       // of them those that an earlier proof was good for
    std::uint64_t instructions = 0;  // of them that nobody executed
  };
  // How the CPU goes on afterwards: at a place where it looks at the clock, or amid a block and without.
  enum class Next : std::uint8_t { look, go_on };

  explicit IdleLoops(Cpu& cpu) : cpu_(cpu) {}

  void enable(bool enabled) { enabled_ = enabled; }
  const Statistics& statistics() const { return statistics_; }

  // Execution comes by a place where loops wait. True: often enough to look at it; then leave, at a place
  // where the clock is looked at.
  bool passes(std::uint32_t pc) {
    Place& place = places_[pc / 2 % places_.size()];
    if (place.pc != pc) place = {.pc = pc};
    if (++place.passed < place.needed && !place.familiar) return false;
    return want(place);
  }
  bool wanted() const { return wanted_; }
  // To be called when wanted, at the next instruction of pc(), with all events done that are due.
  Next skip();

  // Code, breakpoints, or the machine's state were changed from outside.
  void forget();
  // The machine starts anew.
  void reset() {
    forget();
    behind_ = suspended_ = false;
  }
  // The registers lie behind the rest of the machine, in the callback of an event: brings them up to it.
  void bring_up_registers();

 private:
  // How often a loop has to come by until a proof is tried: at first, and where it was proven before. There
  // the pass after a wait is often the last one, and the first one not yet in step with a timer.
  static constexpr std::uint32_t first_needed = 8, needed_again = 2, most_needed_again = 64,
                                 most_needed = 1 << 16;
  // A loop that asks the time is proven for each phase of the timer in which it is entered: at 160 MHz a
  // period of SYSTIMER is 20 cycles.
  static constexpr std::size_t most_loops = 24;
  struct Place {
    std::uint32_t pc = 0;
    std::uint32_t passed = 0, needed = first_needed;  // times without a wait, until a proof is tried
    bool familiar = false;                            // a pass from here was proven
    std::uint64_t waits = 0;                          // that there had been when `passed` was 0
  };
  // As the CPU counts.
  struct Count {
    std::uint64_t cycles = 0, instructions = 0;
  };
  enum class Recording : std::uint8_t { proven, at_check, amid_block };

  bool want(Place& place);
  bool allowed() const;
  bool resume();
  Recording record();
  LoopRecord& room_for_one();
  Recording prove();
  Recording execute_pass(std::uint64_t length);
  Next wait();
  void go_to(std::uint64_t pass, const LoopRecord::Check& check);
  bool undisturbed() const;
  Next leave();

  Cpu& cpu_;
  std::vector<std::unique_ptr<LoopRecord>> loops_;
  std::size_t oldest_ = 0;
  bool enabled_ = true;
  bool wanted_ = false;
  Statistics statistics_;
  std::array<Place, 64> places_{};
  Place* place_ = nullptr;  // where the loop in question was noticed

  // The loop that was proven or resumed last.
  LoopRecord* loop_ = nullptr;
  bool known_ = false;
  bool surveyed_ = false;  // and what was found out about its length is still to be expected of it
  Count start_;            // where its first pass began
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
