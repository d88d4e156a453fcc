// What the second-stage boot loader leaves behind in the peripherals for the program that it starts.
#pragma once

#include <cstdint>

namespace ferry::board {

class Regi2c;
class RtcCntl;
class System;
class Timg;

// The CPU's clock then, in MHz.
inline constexpr std::uint32_t second_stage_mhz = 80;

// As ESP-IDF's with its default configuration (bootloader_support: bootloader_clock_init.c,
// bootloader_init.c): the PLL runs and the CPU from it; the super watchdog feeds itself, TIMG0's has stopped,
// the RTC watchdog gives the program nine seconds.
void leave_as_second_stage(System& system, RtcCntl& rtc_cntl, Timg& timg0, Regi2c& regi2c);

}  // namespace ferry::board
