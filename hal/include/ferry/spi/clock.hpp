// SPI's clock: which frequencies there are, and the register value for one.
//
// f = source / (pre · n), pre 1 to 16, n 2 to 64, or the source undivided (reference manual, chapter 27). The
// result is the highest such frequency that is not above the request, counted in whole hertz.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/units.hpp"

#include <cstdint>
#include <expected>
#include <string_view>

namespace ferry {
class Writer;
}

namespace ferry::spi {

/// What the divider starts from. `automatic` takes the one that comes closer, XTAL if both do the same: it
/// runs also when the PLL does not.
enum class ClockSource : std::uint8_t { automatic, xtal, pll80 };

/// What is wrong with a configuration.
enum class ConfigError : std::uint8_t {
  frequency_out_of_range =
      1,  ///< no divider of the source gives the frequency or less than it and above zero
};

/// The enumerator's name.
std::string_view name(ConfigError error);
/// For `ferry::print("{}", error)`: the name.
void format_value(Writer& writer, ConfigError error);

inline constexpr Hertz xtal_frequency{40'000'000};
inline constexpr Hertz pll80_frequency{80'000'000};
/// The divider's end: pre = 16, n = 64.
inline constexpr std::uint32_t largest_division = 16 * 64;
inline constexpr Hertz lowest_frequency{xtal_frequency.value / largest_division};  // 39,062.5 Hz, whole hertz
inline constexpr Hertz highest_frequency = pll80_frequency;

namespace detail {

/// One setting of the divider.
struct Divider {
  std::uint32_t pre;  ///< 1 to 16
  std::uint32_t n;    ///< 2 to 64, or 1: undivided

  constexpr std::uint32_t division() const { return pre * n; }
};

/// The smallest division that is at least `wanted`, 1 to 1024. Of several ways to make it the one with the
/// largest n, whose high and low times differ least.
constexpr Divider smallest_divider(std::uint32_t wanted) {
  if (wanted <= 1) return {1, 1};
  Divider best{16, 64};
  for (std::uint32_t pre = 16; pre >= 1; --pre) {
    std::uint32_t n = (wanted + pre - 1) / pre;
    if (n < 2) n = 2;
    if (n <= 64 && pre * n <= best.division()) best = {pre, n};
  }
  return best;
}

/// CLOCK for a divider: low time N ticks of the pre-divided clock counted from 0, high time half of the
/// period.
constexpr std::uint32_t clock_register(Divider divider) {
  using chip::spi2::Clock;
  if (divider.n == 1) return Clock::clk_equ_sysclk(1).bits;
  const std::uint32_t high = divider.n / 2;
  return (Clock::clkdiv_pre.run_time(divider.pre - 1) | Clock::clkcnt_n.run_time(divider.n - 1) |
          Clock::clkcnt_h.run_time(high - 1) | Clock::clkcnt_l.run_time(divider.n - 1))
      .bits;
}

/// The division that brings `source` to at most `request`: to less than one hertz above it, since a request
/// cannot name fractions. 0 if there is none.
constexpr std::uint32_t division_for(Hertz request, Hertz source) {
  if (request.value == 0 || request > source) return 0;
  const std::uint32_t division = source.value / (request.value + 1) + 1;
  return division <= largest_division ? division : 0;
}

// Not constexpr: reaching it ends the compilation, and its name is in the message.
inline void this_frequency_is_outside_39062_Hz_to_80_MHz_or_out_of_reach_of_the_source() {}

}  // namespace detail

/// A frequency that SPI can make, with the divider that makes it.
///
/// From a constant it is computed and checked by the compiler: `.frequency = 100_kHz` costs nothing at run
/// time, and a constant out of range does not compile. The range is 39,062 Hz to 80 MHz, with XTAL up to 40
/// MHz, with PLL80 from 78,125 Hz. Through the GPIO matrix, which is how Ferry routes, outputs are good for
/// 80 MHz on short wires, inputs for 40 MHz (the matrix samples them at 80 MHz).
class Frequency {
 public:
  consteval Frequency(Hertz request, ClockSource source = ClockSource::automatic)  // NOLINT: meant to convert
      : Frequency(solve(request, source)) {
    if (actual_.value == 0)
      detail::this_frequency_is_outside_39062_Hz_to_80_MHz_or_out_of_reach_of_the_source();
  }

  /// The same for a value that is not known before run time. Divides up to 40 times, some 2,000 instructions.
  static constexpr std::expected<Frequency, ConfigError> at_run_time(
      Hertz request, ClockSource source = ClockSource::automatic) {
    const Frequency solved = solve(request, source);
    if (solved.actual_.value == 0) return std::unexpected{ConfigError::frequency_out_of_range};
    return solved;
  }

  /// What the bus will run at, the fraction of a hertz cut off. Never above what was asked for.
  constexpr Hertz actual() const { return actual_; }
  constexpr ClockSource source() const { return source_; }
  /// The value for SPI's CLOCK register.
  constexpr std::uint32_t clock_register() const { return clock_register_; }

  friend constexpr bool operator==(const Frequency&, const Frequency&) = default;

 private:
  constexpr Frequency(std::uint32_t clock_register, Hertz actual, ClockSource source)
      : clock_register_(clock_register), actual_(actual), source_(source) {}

  // With actual() 0 if there is no solution.
  static constexpr Frequency from(Hertz request, ClockSource source) {
    const Hertz start = source == ClockSource::pll80 ? pll80_frequency : xtal_frequency;
    const std::uint32_t division = detail::division_for(request, start);
    if (division == 0) return {0, Hertz{0}, source};
    const detail::Divider divider = detail::smallest_divider(division);
    return {detail::clock_register(divider), Hertz{start.value / divider.division()}, source};
  }
  static constexpr Frequency solve(Hertz request, ClockSource source) {
    if (source != ClockSource::automatic) return from(request, source);
    const Frequency pll = from(request, ClockSource::pll80);
    if (request > pll80_frequency) return pll;
    const Frequency xtal = from(request > xtal_frequency ? xtal_frequency : request, ClockSource::xtal);
    return pll.actual_ > xtal.actual_ ? pll : xtal;
  }

  std::uint32_t clock_register_;
  Hertz actual_;
  ClockSource source_;
};

}  // namespace ferry::spi
