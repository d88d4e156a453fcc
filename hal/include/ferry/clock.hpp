// How fast the chip runs. The start code has set it up; nothing here changes it.
#pragma once

#include "ferry/units.hpp"

namespace ferry::clock {

/// The crystal on every ESP32-C3 board.
inline constexpr Hertz crystal_frequency{40'000'000};

/// What the CPU runs at, read from the clock registers: 160 MHz, or 40 MHz if the PLL did not come up at
/// start.
Hertz cpu_frequency();

/// What the peripheral bus runs at: 80 MHz, or as fast as the CPU without the PLL.
Hertz apb_frequency();

/// Whether the PLL drives the CPU. Peripherals clocked from it (SPI's 80 MHz) work only then.
bool pll_is_running();

}  // namespace ferry::clock
