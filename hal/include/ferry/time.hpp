// Monotonic time and waiting, on the system timer.
//
// This file owns comparator 0 of SYSTIMER and, from the first long delay on, one CPU interrupt line for it.
// Counter unit 0 only runs; comparators 1 and 2 and counter unit 1 are untouched.
#pragma once

#include "ferry/units.hpp"

#include <compare>
#include <cstdint>

namespace ferry {

/// A point in time since the timer started (at reset): what time::now() returned, or a span away from that.
class Instant {
 public:
  /// From ticks of 62.5 ns since the timer started.
  static constexpr Instant from_ticks(std::uint64_t ticks) { return Instant{ticks}; }
  constexpr std::uint64_t in_ticks() const { return ticks_; }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr bool operator==(Instant, Instant) = default;
  /// The last one that there is where the span goes beyond that.
  friend constexpr Instant operator+(Instant a, Duration b) {
    const std::uint64_t ticks = a.ticks_ + b.in_ticks();
    return Instant{ticks >= a.ticks_ ? ticks : ~std::uint64_t{0}};
  }
  /// Zero when `a` is the earlier one: spans are not negative.
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration::ticks(a.ticks_) - Duration::ticks(b.ticks_);
  }

 private:
  explicit constexpr Instant(std::uint64_t ticks) : ticks_(ticks) {}

  std::uint64_t ticks_;
};

namespace time {

/// The time now: never less than an earlier result, steps of 62.5 ns, independent of the CPU's clock. Six
/// register accesses, about a microsecond; may be called from handlers. 52 bits: wraps after nine years. If
/// the timer does not answer (its clock was gated off) or does not count (its unit 0 was switched off), no
/// wait would ever end, so that is fatal.
Instant now();

}  // namespace time

/// When to give up. Made once before a wait and asked in it.
class Deadline {
 public:
  /// `span` from now on; never, if that is beyond all time.
  static Deadline after(Duration span) { return Deadline{time::now() + span}; }
  static constexpr Deadline at(Instant instant) { return Deadline{instant}; }
  /// A deadline that never passes; asking it costs no register access.
  static constexpr Deadline never() { return Deadline{Instant::from_ticks(~std::uint64_t{0})}; }

  constexpr bool is_never() const { return end_ == Instant::from_ticks(~std::uint64_t{0}); }
  /// Reads the timer. Once true it stays true.
  bool has_passed() const { return !is_never() && time::now() >= end_; }
  constexpr Instant instant() const { return end_; }

 private:
  explicit constexpr Deadline(Instant end) : end_(end) {}

  Instant end_;
};

/// Waits at least `span`. Blocks; interrupts are served meanwhile. A wait of more than 20 µs sleeps in `wfi`
/// until the timer's comparator 0 wakes the CPU, so it costs no instructions; a shorter one polls the timer.
/// Works with interrupts disabled (they then stay disabled) and in a handler. Nothing cancels it.
void delay(Duration span);

/// As delay, until `instant`; returns at once when that has passed. Repeating it with `instant + period`
/// keeps a period without drift.
void delay_until(Instant instant);

}  // namespace ferry
