// Peripheral signals of the GPIO matrix (technical reference manual, table 5.11). Inputs and outputs share a
// number.
#pragma once

#include <cstdint>

namespace ferry::chip::signal {

inline constexpr std::uint32_t u0rxd = 6, u0txd = 6, u1rxd = 9, u1txd = 9;
inline constexpr std::uint32_t cpu_gpio0 = 28;  // CPU_GPIO_IN1…7 and CPU_GPIO_OUT1…7 follow
inline constexpr std::uint32_t fspiclk = 63, fspiq = 64, fspid = 65, fspihd = 66, fspiwp = 67;
inline constexpr std::uint32_t fspics0 = 68;       // FSPICS1…5 follow
inline constexpr std::uint32_t simple_gpio = 128;  // the pad follows GPIO_OUT and GPIO_ENABLE
inline constexpr std::uint32_t count = 129;

// GPIO numbers that mean a constant in FUNCn_IN_SEL_CFG.IN_SEL.
inline constexpr std::uint32_t constant_one = 0x1E, constant_zero = 0x1F;

}  // namespace ferry::chip::signal

namespace ferry::chip {

inline constexpr std::uint32_t gpio_count = 22;

// IO_MUX functions (GPIOn.MCU_SEL).
inline constexpr std::uint32_t io_mux_function_gpio = 1, io_mux_function_fspi = 2;

// Peripheral selectors of GDMA (IN_PERI_SEL, OUT_PERI_SEL).
enum class DmaPeripheral : std::uint8_t {
  spi2 = 0,
  uhci0 = 2,
  i2s0 = 3,
  aes = 6,
  sha = 7,
  apb_saradc = 8,
  none = 0x3F
};

}  // namespace ferry::chip
