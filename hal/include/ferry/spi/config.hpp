// How an SPI bus is run: frequency, mode, bit order, chip select.
#pragma once

#include "ferry/gpio.hpp"
#include "ferry/spi/clock.hpp"
#include "ferry/units.hpp"

#include <cstdint>
#include <string_view>

namespace ferry::spi {

/// Clock polarity and phase by their usual number.
enum class Mode : std::uint8_t {
  _0,  ///< idles low, sampled on the rising edge
  _1,  ///< idles low, sampled on the falling edge
  _2,  ///< idles high, sampled on the falling edge
  _3,  ///< idles high, sampled on the rising edge
};

enum class BitOrder : std::uint8_t { msb_first, lsb_first };

/// SPI2's chip select lines, of which one is active during an operation. With `none` no line is: for a select
/// that the program drives itself.
enum class Cs : std::uint8_t { _0, _1, _2, _3, _4, _5, none };

enum class CsPolarity : std::uint8_t { active_low, active_high };

/// Clock cycles of CS around an operation, 0 to 32: a constant, or checked by at_run_time().
using CsCycles = UpTo<32>;

/// Settings of a bus. Every value of this type is valid: what could be wrong about a frequency or a number of
/// cycles is found where it is made, by the compiler for a constant, by its at_run_time() for another one.
///
///   {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}
///   {.frequency = {8_MHz, ferry::spi::ClockSource::pll80}, .write_bit_order =
///   ferry::spi::BitOrder::lsb_first}
struct Config {
  Frequency frequency = Hertz{1'000'000};
  Mode mode = Mode::_0;
  BitOrder write_bit_order = BitOrder::msb_first;  ///< on MOSI
  BitOrder read_bit_order = BitOrder::msb_first;   ///< on MISO
  /// MOSI's level while only reading, by the CPU as by DMA, and between operations.
  gpio::Level idle_mosi = gpio::Level::low;
  /// From CS becoming active to the first edge that samples: so many clock cycles and half of one.
  CsCycles cs_setup = 1;
  /// From the last edge that samples to CS becoming inactive: so many clock cycles and half of one.
  CsCycles cs_hold = 2;
};

/// What can go wrong with a blocking operation. The first group is found before anything is started; after
/// one of the second SPI has been reset and set up anew, CS is inactive, and the next operation works.
enum class Error : std::uint8_t {
  value_too_large = 1,  ///< a command or an address has more bits than its phase
  partial_clock,        ///< a command's or an address's bits do not fill its data lines to the last clock
  line_not_routed,      ///< a phase is on data lines that no with_sio…() has routed

  timed_out,  ///< SPI did not finish in the time that length and clock allow
  clock_off,  ///< the same, as somebody has closed SPI2's clock gate (SYSTEM.PERIP_CLK_EN0, SPI2.CLK_GATE)
  in_reset,   ///< the same, as somebody holds SPI2 in reset, or has reset it (SYSTEM.PERIP_RST_EN0)
};

/// The enumerator's name.
std::string_view name(Error error);
/// For `ferry::print("{}", error)`: the name.
void format_value(Writer& writer, Error error);

}  // namespace ferry::spi
