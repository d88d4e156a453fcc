// Quantities that a driver takes as an argument: a frequency, a span of time, a count with an end. Plain
// numbers do not convert to them, so 100 cannot be taken for milliseconds where microseconds were meant.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace ferry {

/// A frequency in whole hertz, 0 Hz to 4.29 GHz.
struct Hertz {
  std::uint32_t value = 0;

  friend constexpr auto operator<=>(Hertz, Hertz) = default;
  friend constexpr bool operator==(Hertz, Hertz) = default;
};

/// A span of time, never negative, in ticks of the system timer: 62.5 ns, sixteen of them a microsecond.
/// Counting in the timer's own unit makes a microsecond exact and spares the CPU a 64-bit division in every
/// wait. The range is 36,000 years; subtracting more than there is gives zero.
class Duration {
 public:
  /// The system timer counts 16 MHz on every Espressif chip with a RISC-V core (reference manual, chapter
  /// 10).
  static constexpr std::uint32_t ticks_per_microsecond = 16;

  constexpr Duration() = default;

  static constexpr Duration ticks(std::uint64_t count) { return Duration{count}; }
  /// Rounded up to the next tick: a wait is never shorter than asked for.
  static constexpr Duration nanoseconds(std::uint64_t count) { return Duration{(count * 2 + 124) / 125}; }
  static constexpr Duration microseconds(std::uint64_t count) {
    return Duration{count * ticks_per_microsecond};
  }
  static constexpr Duration milliseconds(std::uint64_t count) { return microseconds(count * 1000); }
  static constexpr Duration seconds(std::uint64_t count) { return microseconds(count * 1'000'000); }

  constexpr std::uint64_t in_ticks() const { return ticks_; }
  /// Whole microseconds, the rest cut off.
  constexpr std::uint64_t in_microseconds() const { return ticks_ / ticks_per_microsecond; }
  /// Whole milliseconds, the rest cut off. A 64-bit division: hundreds of instructions on this core.
  constexpr std::uint64_t in_milliseconds() const { return ticks_ / (ticks_per_microsecond * 1000u); }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr bool operator==(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration{a.ticks_ + b.ticks_}; }
  friend constexpr Duration operator-(Duration a, Duration b) {
    return Duration{a.ticks_ > b.ticks_ ? a.ticks_ - b.ticks_ : 0};
  }
  friend constexpr Duration operator*(Duration a, std::uint32_t factor) {
    return Duration{a.ticks_ * factor};
  }
  friend constexpr Duration operator*(std::uint32_t factor, Duration a) { return a * factor; }

 private:
  explicit constexpr Duration(std::uint64_t ticks) : ticks_(ticks) {}

  std::uint64_t ticks_ = 0;
};

/// A count from 0 to `most`, which the compiler checks: a constant converts to it, anything else does not.
/// For a number that comes up at run time there is at_run_time(), which looks.
template <std::uint32_t most>
class UpTo {
 public:
  consteval UpTo(std::int64_t count)
      : count_(static_cast<std::uint32_t>(count)) {  // NOLINT: meant to convert
    if (count < 0 || count > most) this_count_is_out_of_range();
  }
  /// Nothing if `count` is larger than `most`.
  static constexpr std::optional<UpTo> at_run_time(std::uint32_t count) {
    if (count > most) return {};
    return UpTo{InRange{count}};
  }
  constexpr std::uint32_t count() const { return count_; }

  friend constexpr bool operator==(UpTo, UpTo) = default;

 private:
  struct InRange {
    std::uint32_t count;
  };
  explicit constexpr UpTo(InRange known) : count_(known.count) {}
  static void this_count_is_out_of_range() {}  // not constexpr: reaching it ends the compilation

  std::uint32_t count_;
};

namespace detail {
// Not constexpr: reaching it ends the compilation, and its name is in the message.
inline void this_frequency_does_not_fit_32_bits_of_hertz() {}

consteval Hertz checked_hertz(unsigned long long value, unsigned long long factor) {
  if (value > 0xFFFF'FFFFull / factor) this_frequency_does_not_fit_32_bits_of_hertz();
  return Hertz{static_cast<std::uint32_t>(value * factor)};
}
}  // namespace detail

/// `using namespace ferry::literals;` and write `100_kHz`, `2500_ms`.
namespace literals {
consteval Hertz operator""_Hz(unsigned long long value) { return detail::checked_hertz(value, 1); }
consteval Hertz operator""_kHz(unsigned long long value) { return detail::checked_hertz(value, 1000); }
consteval Hertz operator""_MHz(unsigned long long value) { return detail::checked_hertz(value, 1'000'000); }

consteval Duration operator""_ns(unsigned long long value) { return Duration::nanoseconds(value); }
consteval Duration operator""_us(unsigned long long value) { return Duration::microseconds(value); }
consteval Duration operator""_ms(unsigned long long value) { return Duration::milliseconds(value); }
consteval Duration operator""_s(unsigned long long value) { return Duration::seconds(value); }
}  // namespace literals

}  // namespace ferry
