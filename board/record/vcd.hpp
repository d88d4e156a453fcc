// The pins as a value change dump, for GTKWave, PulseView and sigrok-cli.
#pragma once

#include "board/observer.hpp"
#include "board/record/output.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace ferry::board {

// Time is in nanoseconds. The shortest time between two edges of a pin is 6.25 ns (half a bit at 80 MHz, or
// one CPU cycle), so no edge is lost to rounding. What a pin does within one nanosecond is shown as its last
// level. The same run gives the same bytes: no date, no host name.
class VcdRecorder final : public Observer {
 public:
  // Writes the header and the levels (bit n: GPIOn) at this moment. `now` is asked when a pin changes.
  VcdRecorder(Output& output, std::function<Time()> now, const std::vector<unsigned>& pins,
              std::uint32_t levels);

  void pin_changed(unsigned pin, bool level) override;
  // Writes what is pending and the end time, so that viewers show the whole run.
  void finish();

 private:
  void write_levels(std::uint32_t which);
  void write_time(Time nanoseconds);
  void write_pending();

  Output& output_;
  std::function<Time()> now_;
  std::uint32_t recorded_ = 0;    // which pins
  std::uint32_t levels_;          // as the pins are
  std::uint32_t written_levels_;  // as the file says
  Time pending_time_ = 0;         // nanoseconds; when the levels became what they are
  Time written_time_ = 0;
};

}  // namespace ferry::board
