// How a value in a loop changes from one pass to the next, and for how many passes what follows from it is
// true.
#pragma once

#include "board/cpu/instruction.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace ferry::board {

// A value by the number of the pass: base + floor((start + pass * slope) / divisor), in whole numbers without
// overflow. A counter has a slope, a counter that is divided or shifted to the right has a divisor, too.
struct Trend {
  std::int64_t base = 0, start = 0, slope = 0, divisor = 1;

  static constexpr Trend constant(std::uint32_t value) { return {.start = value}; }
  static constexpr Trend linear(std::uint32_t value, std::int64_t slope) {
    return {.start = value, .slope = slope};
  }
  constexpr bool is_constant() const { return slope == 0; }
  constexpr std::int64_t value(std::uint64_t pass = 0) const {
    const std::int64_t sum = start + static_cast<std::int64_t>(pass) * slope;
    if (divisor == 1) return base + sum;
    const std::int64_t quotient = sum / divisor;
    return base + (sum % divisor < 0 ? quotient - 1 : quotient);
  }
  constexpr std::uint32_t word(std::uint64_t pass) const { return static_cast<std::uint32_t>(value(pass)); }
  bool operator==(const Trend&) const = default;
};

// The passes from 0 on for which everything holds that was found out about a loop: up to and including
// `last`, and of the next one what comes before the instruction `where`.
class PassLimit {
 public:
  static constexpr std::uint64_t none = ~std::uint64_t{0};
  static constexpr std::int64_t lowest = -(std::int64_t{1} << 40), highest = std::int64_t{1} << 40;

  std::uint64_t last() const { return last_; }
  std::uint32_t where() const { return where_; }
  // What is kept from here on is known from this instruction of the pass on, the first one being 0.
  void at(std::uint32_t instruction) { at_ = instruction; }
  // The value stays within these bounds, which it is within in pass 0; `lowest` and `highest` stand for none.
  void keep(const Trend& trend, std::int64_t low, std::int64_t high);
  // The value stays one of 32 bits, so that arithmetic modulo 2^32 gives what whole numbers do.
  void keep_word(const Trend& trend) { keep(trend, 0, 0xFFFF'FFFF); }

 private:
  void shrink(std::uint64_t last) {
    if (last >= last_) return;
    last_ = last;
    where_ = at_;
  }

  std::uint64_t last_ = none;
  std::uint32_t where_ = 0, at_ = 0;
};

// The slope that stands for this difference between two words: the one of 32 bits with a sign.
constexpr std::int64_t slope_of(std::uint32_t difference) { return static_cast<std::int32_t>(difference); }

// The result of a computation whose result in pass 0 is `result`. Nothing where it is not known to follow any
// trend; `limit` shrinks to the passes in which it does.
std::optional<Trend> follow(Operation operation, const Trend& a, const Trend& b, std::uint32_t result,
                            PassLimit& limit);

// What a branch decides in pass 0 it decides in every pass of `limit`, which shrinks accordingly. False: that
// is not known of any pass.
bool keep_decision(Operation branch, const Trend& a, const Trend& b, PassLimit& limit);

}  // namespace ferry::board
