#include "board/cpu/idle_trend.hpp"

#include <bit>

namespace ferry::board {

namespace {

using enum Operation;

constexpr std::int64_t words = std::int64_t{1} << 32;
// Bounds what start, base and divisor can grow to: products of them fit into 64 bits.
constexpr std::int64_t largest_divisor = 1 << 20;

std::int64_t value_of(const Trend& constant) { return constant.value(); }

// Equal to the true result modulo 2^32 in every pass, so equal to it where both are words.
Trend word_with_slope(std::uint32_t result, std::int64_t slope, PassLimit& limit) {
  const Trend trend = Trend::linear(result, slope_of(static_cast<std::uint32_t>(slope)));
  limit.keep_word(trend);
  return trend;
}

// `trend` and a constant, whatever its sign: the result differs from it by the same in every pass.
Trend displaced(Trend trend, std::uint32_t result, PassLimit& limit) {
  trend.base += std::int64_t{result} - trend.value();
  limit.keep_word(trend);
  return trend;
}

std::optional<Trend> divided(const Trend& trend, std::int64_t divisor) {
  if (divisor <= 0 || divisor > largest_divisor || trend.divisor > largest_divisor / divisor)
    return std::nullopt;
  // floor((base + floor(x / d)) / e) is floor((x + base * d) / (d * e)).
  return Trend{.start = trend.start + trend.base * trend.divisor,
               .slope = trend.slope,
               .divisor = trend.divisor * divisor};
}

// A constant whose lowest 1 bit lies above all bits of the value: adding is the same.
std::optional<Trend> joined(const Trend& trend, std::uint32_t constant, std::uint32_t result,
                            PassLimit& limit) {
  const std::int64_t room = constant == 0 ? words : std::int64_t{1} << std::countr_zero(constant);
  if (trend.value() >= room) return std::nullopt;
  limit.keep(trend, 0, room - 1);
  return displaced(trend, result, limit);
}

// A mask of the lowest bits that holds the whole value.
std::optional<Trend> masked(const Trend& trend, std::uint32_t mask, PassLimit& limit) {
  if ((mask & (mask + 1)) != 0 || trend.value() > mask) return std::nullopt;
  limit.keep(trend, 0, mask);
  return trend;
}

// As a number with a sign. It stays on its side of zero.
Trend with_sign(Trend trend, PassLimit& limit) {
  constexpr std::int64_t half = words / 2;
  if (trend.value() < half) {
    limit.keep(trend, 0, half - 1);
  } else {
    limit.keep(trend, half, words - 1);
    trend.base -= words;
  }
  return trend;
}

// a - b. Nothing for the difference of two that are not both linear.
std::optional<Trend> difference(const Trend& a, const Trend& b) {
  if (b.is_constant()) {
    Trend result = a;
    result.base -= value_of(b);
    return result;
  }
  if (a.divisor != 1 || b.divisor != 1) return std::nullopt;
  return Trend{.base = a.base - b.base, .start = a.start - b.start, .slope = a.slope - b.slope};
}

bool keep_less(Trend a, Trend b, bool has_sign, PassLimit& limit) {
  if (has_sign) {
    a = with_sign(a, limit);
    b = with_sign(b, limit);
  }
  // Of a constant and a divided counter only this difference is one of the form.
  const bool reversed = a.is_constant();
  const auto distance = reversed ? difference(b, a) : difference(a, b);
  if (!distance) return false;
  if (reversed) {
    distance->value() > 0 ? limit.keep(*distance, 1, PassLimit::highest)
                          : limit.keep(*distance, PassLimit::lowest, 0);
  } else {
    distance->value() < 0 ? limit.keep(*distance, PassLimit::lowest, -1)
                          : limit.keep(*distance, 0, PassLimit::highest);
  }
  return true;
}

bool keep_equality(const Trend& a, const Trend& b, PassLimit& limit) {
  const auto distance = a.is_constant() ? difference(b, a) : difference(a, b);
  if (!distance) return false;
  const std::int64_t now = distance->value();
  if (now == 0) {
    limit.keep(*distance, 0, 0);
  } else if (now > 0) {
    limit.keep(*distance, 1, PassLimit::highest);
  } else {
    limit.keep(*distance, PassLimit::lowest, -1);
  }
  return true;
}

std::optional<Trend> follow_one(Operation operation, const Trend& a, std::uint32_t b, std::uint32_t result,
                                PassLimit& limit) {
  const bool linear = a.divisor == 1;
  const auto slope = static_cast<std::uint32_t>(a.slope);
  switch (operation) {
    case mv:
      return a;
    case addi:
    case add:
    case sub:
      return displaced(a, result, limit);
    case sll:
    case slli:
      if (!linear) return std::nullopt;
      return word_with_slope(result, slope << (b & 31), limit);
    case mul:
      if (!linear) return std::nullopt;
      return word_with_slope(result, slope * b, limit);
    case xor_:
    case xori:
      if (!linear || b != ~0u) return joined(a, b, result, limit);
      return word_with_slope(result, -a.slope, limit);
    case srl:
    case srli:
      return divided(a, std::int64_t{1} << (b & 31));
    case sra:
    case srai:
      if (a.value() >= words / 2) return std::nullopt;
      limit.keep(a, 0, words / 2 - 1);
      return divided(a, std::int64_t{1} << (b & 31));
    case divu:
      return divided(a, b);
    case or_:
    case ori:
      return joined(a, b, result, limit);
    case and_:
    case andi:
      return masked(a, b, limit);
    default:
      return std::nullopt;
  }
}

}  // namespace

void PassLimit::keep(const Trend& trend, std::int64_t low, std::int64_t high) {
  if (trend.slope > 0 && high < highest) {
    // floor(x / d) <= q is x <= (q + 1) * d - 1.
    const std::int64_t room = (high - trend.base + 1) * trend.divisor - 1 - trend.start;
    shrink(static_cast<std::uint64_t>(std::max<std::int64_t>(room, 0) / trend.slope));
  } else if (trend.slope < 0 && low > lowest) {
    const std::int64_t room = trend.start - (low - trend.base) * trend.divisor;
    shrink(static_cast<std::uint64_t>(std::max<std::int64_t>(room, 0) / -trend.slope));
  }
}

std::optional<Trend> follow(Operation operation, const Trend& a, const Trend& b, std::uint32_t result,
                            PassLimit& limit) {
  if (a.is_constant() && b.is_constant()) return Trend::constant(result);
  switch (operation) {
    case slt:
    case slti:
    case sltu:
    case sltiu:
      if (!keep_less(a, b, operation == slt || operation == slti, limit)) return std::nullopt;
      return Trend::constant(result);
    default:
      break;
  }
  if (b.is_constant()) return follow_one(operation, a, b.word(0), result, limit);
  if (a.is_constant()) {
    if (is_symmetric(operation)) return follow_one(operation, b, a.word(0), result, limit);
    if (operation == sub && b.divisor == 1) return word_with_slope(result, -b.slope, limit);
    return std::nullopt;
  }
  if (a.divisor != 1 || b.divisor != 1) return std::nullopt;
  if (operation == add) return word_with_slope(result, a.slope + b.slope, limit);
  if (operation == sub) return word_with_slope(result, a.slope - b.slope, limit);
  return std::nullopt;
}

bool keep_decision(Operation branch, const Trend& a, const Trend& b, PassLimit& limit) {
  if (a.is_constant() && b.is_constant()) return true;
  switch (branch) {
    case beq:
    case bne:
      return keep_equality(a, b, limit);
    case blt:
    case bge:
      return keep_less(a, b, true, limit);
    default:
      return keep_less(a, b, false, limit);
  }
}

}  // namespace ferry::board
