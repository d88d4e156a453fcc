// The pins as a value change dump, for GTKWave, PulseView and sigrok-cli, and what the chip does beside them.
#pragma once

#include "board/observer.hpp"
#include "board/record/output.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

// Time is in nanoseconds. The shortest time between two edges of a pin is 6.25 ns (half a bit at 80 MHz, or
// one CPU cycle), so no edge is lost to rounding, and the readers of these files take time and memory by the
// step: sigrok makes a sample of each. What a signal does within one nanosecond is shown as its last level.
// The same run gives the same bytes: no date, no host name.
//
// Scopes: board.pins has GPIOn. With Contents::everything there are also board.cpu (asleep in wfi; interrupt
// and exception while a handler of one runs), board.spi2 (a signal for each phase) and board.dma (outN and
// inN: that half of channel N works on a list). Contents::findings adds board.watch, where `finding` is up
// for a nanosecond when DMA watch has found something. Comments at the end of the file say what.
class VcdRecorder final : public Observer {
 public:
  enum class Contents : std::uint8_t { pins, everything, findings };

  // What is wanted of that which happens often.
  static constexpr unsigned topics(Contents contents) {
    return Observers::only(Topic::pins) | (contents == Contents::pins ? 0 : Observers::only(Topic::dma));
  }

  // Writes the header and the levels (bit n: GPIOn) at this moment. `now` is asked when something changes.
  VcdRecorder(Output& output, std::function<Time()> now, const std::vector<unsigned>& pins,
              std::uint32_t levels, Contents contents = Contents::pins);

  void pin_changed(unsigned pin, bool level) override;
  void dma_started(unsigned channel, DmaDirection direction, std::uint32_t first_descriptor) override;
  void dma_ended(unsigned channel, DmaDirection direction, std::string_view why) override;
  void spi_phase(std::string_view phase) override;
  void cpu_waits(bool waits) override;
  void interrupt_taken(unsigned line) override;
  void exception_taken(std::uint32_t cause, std::uint32_t value, std::uint32_t pc) override;
  void trap_left() override;
  void chip_reset(std::string_view cause) override;
  // DMA watch has found something, at a moment of the CPU's: it may be ahead of `now`.
  void mark_finding(Time moment, std::string_view text);
  // Writes what is pending and the end time, so that viewers show the whole run.
  void finish();

 private:
  // All signals in one word, a bit each.
  using Levels = std::uint64_t;

  void change(Levels which, Levels levels);
  void set(Time time, Levels which, Levels levels);
  void catch_up(Time time);
  void enter_trap(Levels trap);
  void show_trap();
  void write_pending();
  void end_mark();

  Output& output_;
  std::function<Time()> now_;
  Levels recorded_ = 0;    // which signals
  Levels levels_;          // as they are
  Levels written_levels_;  // as the file says
  Time pending_time_ = 0;  // nanoseconds; when the levels became what they are
  Time written_time_ = 0;
  std::vector<Levels> traps_;  // entered and not left
  std::deque<Time> findings_;  // that time has not come to yet
  // Of findings. They come last: libsigrok 0.5.2 leaves out what follows a comment.
  std::string comments_;
};

}  // namespace ferry::board
