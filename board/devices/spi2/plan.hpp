// What the registers say a transfer shall be: phases, clock, chip select. Pure arithmetic, without time or
// pins.
#pragma once

#include "board/timeline.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

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
};

enum class PhaseKind : std::uint8_t { command, address, dummy, data };

struct Phase {
  PhaseKind kind = PhaseKind::data;
  bool sends = false;
  bool receives = false;
  bool clocked = true;  // the clock runs
  std::uint32_t bits = 0;
};

struct Plan {
  Time period = 0;
  Time active = 0, inactive = 0;     // how long the clock is off and on its idle level in each period
  bool samples_second_edge = false;  // modes 1 and 3
  Time setup = 0, hold = 0;          // chip select to the first edge, last edge to chip select
  bool square = true;  // false: CLOCK describes no wave, half of the period is taken for each level
  std::array<Phase, 5> phases{};
  unsigned phase_count = 0;

  bool receives() const;
  bool sends_data() const;
};

Plan make_plan(const Configuration& configuration, Time source_period);
// The first thing the configuration asks for that this model does not have.
std::optional<std::string_view> not_modelled(const Configuration& configuration);

}  // namespace ferry::board::spi2
