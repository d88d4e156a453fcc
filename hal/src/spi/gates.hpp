// SPI2's clock gate and reset, for both of its drivers.
#pragma once

#include "ferry/spi/config.hpp"

#include <optional>

namespace ferry::spi::detail {

// Opens the clock and resets SPI2: all of its registers have their reset values afterwards.
void open_gates();
// Whether somebody has closed one of them: clock_off, in_reset, or nothing. Two loads at the most.
std::optional<Error> closed_gate();

}  // namespace ferry::spi::detail
