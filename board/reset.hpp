// Why the chip restarts and how much of it does (technical reference manual, table 6.1-1).
#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::board {

// The numbers that RTC_CNTL's RESET_STATE shows.
enum class ResetCause : std::uint8_t {
  power_on = 0x01,
  software_system = 0x03,
  deep_sleep = 0x05,
  mwdt0_core = 0x07,
  mwdt1_core = 0x08,
  rwdt_core = 0x09,
  mwdt0_cpu = 0x0B,
  software_cpu = 0x0C,
  rwdt_cpu = 0x0D,
  brown_out = 0x0F,
  rwdt_system = 0x10,
  mwdt1_cpu = 0x11,
  super_watchdog = 0x12,
  clock_glitch = 0x13,
  efuse_crc = 0x14,
  usb_uart = 0x15,
  usb_jtag = 0x16,
  power_glitch = 0x17,
};

// Memory keeps its bytes in all of them but the last.
enum class ResetScope : std::uint8_t {
  cpu,     // the core alone
  core,    // the digital system without RTC_CNTL
  system,  // the digital system with RTC_CNTL
  chip,    // everything
};

constexpr std::string_view name_of(ResetCause cause) {
  switch (cause) {
    case ResetCause::power_on:
      return "power-on";
    case ResetCause::software_system:
      return "software reset of the system";
    case ResetCause::deep_sleep:
      return "wake-up from deep sleep";
    case ResetCause::mwdt0_core:
      return "watchdog of timer group 0 (core)";
    case ResetCause::mwdt1_core:
      return "watchdog of timer group 1 (core)";
    case ResetCause::rwdt_core:
      return "RTC watchdog (core)";
    case ResetCause::mwdt0_cpu:
      return "watchdog of timer group 0 (CPU)";
    case ResetCause::software_cpu:
      return "software reset of the CPU";
    case ResetCause::rwdt_cpu:
      return "RTC watchdog (CPU)";
    case ResetCause::brown_out:
      return "brown-out";
    case ResetCause::rwdt_system:
      return "RTC watchdog (system)";
    case ResetCause::mwdt1_cpu:
      return "watchdog of timer group 1 (CPU)";
    case ResetCause::super_watchdog:
      return "super watchdog";
    case ResetCause::clock_glitch:
      return "crystal clock glitch";
    case ResetCause::efuse_crc:
      return "eFuse checksum";
    case ResetCause::usb_uart:
      return "USB serial";
    case ResetCause::usb_jtag:
      return "USB JTAG";
    case ResetCause::power_glitch:
      return "power glitch";
  }
  return "unknown";
}

}  // namespace ferry::board
