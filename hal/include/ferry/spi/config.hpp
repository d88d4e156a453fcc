// How an SPI bus is run: frequency, mode, bit order.
#pragma once

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

/// Settings of a bus. Every value of this type is valid: what could be wrong about a frequency is found where
/// the spi::Frequency is made, by the compiler for a constant.
///
///   {.frequency = 100_kHz, .mode = ferry::spi::Mode::_0}
///   {.frequency = {8_MHz, ferry::spi::ClockSource::pll80}, .write_bit_order =
///   ferry::spi::BitOrder::lsb_first}
struct Config {
  Frequency frequency = Hertz{1'000'000};
  Mode mode = Mode::_0;
  BitOrder write_bit_order = BitOrder::msb_first;  ///< on MOSI
  BitOrder read_bit_order = BitOrder::msb_first;   ///< on MISO
};

/// What can go wrong with a blocking operation.
enum class Error : std::uint8_t {
  timed_out =
      1,  ///< SPI did not finish in the time that length and clock allow; it has been reset and set up anew
};

/// The enumerator's name.
std::string_view name(Error error);
/// For `ferry::print("{}", error)`: the name.
void format_value(Writer& writer, Error error);

}  // namespace ferry::spi
