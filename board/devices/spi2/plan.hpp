// What the registers say a transfer shall be: phases, clock, chip select. Pure arithmetic, without time or
// pins.
#pragma once

#include "board/timeline.hpp"

#include <array>
#include <cstdint>

namespace ferry::board::spi2 {

// The registers that CMD.UPDATE copies into the clock domain of the engine, as words.
struct Configuration {
  std::uint32_t address = 0, control = 0, clock = 0, user = 0, user1 = 0, user2 = 0, length = 0, misc = 0,
                din_mode = 0, din_num = 0, dout_mode = 0, dma = 0;

  bool operator==(const Configuration&) const = default;

  std::uint32_t data_bits() const;
  bool idle_high() const;     // level of the clock between transfers
  bool keeps_select() const;  // CS_KEEP_ACTIVE
  bool sends_by_dma() const;
  bool receives_by_dma() const;
  bool sends_lsb_first() const;
  bool receives_lsb_first() const;
  bool delays_inputs() const;
  bool swaps_inputs() const;  // QUAD_DIN_PIN_SWAP
};

// The data lines in the order of their bits: SIO0 to SIO3 are D, Q, WP and HD.
inline constexpr unsigned data_line_count = 4;
inline constexpr std::uint8_t line_d = 1, line_q = 2, line_wp = 4, line_hd = 8;

enum class PhaseKind : std::uint8_t { command, address, dummy, data };

struct Phase {
  PhaseKind kind = PhaseKind::data;
  bool sends = false;
  bool receives = false;
  bool clocked = true;      // the clock runs
  std::uint32_t bits = 0;   // a multiple of `lines`
  unsigned lines = 1;       // how many data lines carry bits: 1, 2 or 4
  std::uint8_t drives = 0;  // the data lines whose output is on
};

// A clock moves one bit on each line: bits that do not fill the last one are sent all the same.
constexpr std::uint32_t whole_clocks(std::uint32_t bits, unsigned lines) {
  return (bits + lines - 1) / lines * lines;
}

// Where on a byte the bit of data line `line` belongs when `done` of its bits have passed (manual, table
// 27.5-5): with MSB first the lines take the upper bits first, and within them line 0 the lowest.
constexpr unsigned place_of(unsigned done, unsigned line, unsigned lines, bool lsb_first) {
  return lsb_first ? done + line : 8 - lines - done + line;
}

// Between transfers D is driven, and so are WP and HD: a flash on a single line must not see HOLD# or WP#
// low.
inline constexpr std::uint8_t idle_drives = line_d | line_wp | line_hd;

struct Plan {
  Time period = 0;
  Time active = 0, inactive = 0;     // how long the clock is off and on its idle level in each period
  bool samples_second_edge = false;  // modes 1 and 3
  Time setup = 0, hold = 0;  // chip select to the first leading edge, last trailing edge to chip select
  bool square = true;        // false: CLOCK describes no wave, half of the period is taken for each level
  std::array<Time, data_line_count> input_delay{};  // how old what is sampled of a data line is
  Time output_delay = 0;                            // of data lines that DOUT_MODE delays
  bool one_line_only = false;                       // full duplex was asked to use two or four lines for data
  std::array<Phase, 5> phases{};
  unsigned phase_count = 0;

  bool receives() const;
  bool sends_data() const;
  void add(const Phase& phase);
};

// The periods of the engine's clock and of the bus, which is what the manual calls clk_hclk.
Plan make_plan(const Configuration& configuration, Time source_period, Time bus_period);

}  // namespace ferry::board::spi2
