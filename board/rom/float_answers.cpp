// libgcc's floating point in software: IEEE 754, rounded to nearest, which the host's arithmetic is, too.
#include "board/rom/answers.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace ferry::board {

namespace {

static_assert(std::numeric_limits<double>::is_iec559 && std::numeric_limits<float>::is_iec559);

// Where operand n of a type lies among the arguments, and how results go back.
template <class Float>
Float operand(RomCall& call, unsigned index) {
  if constexpr (sizeof(Float) == 4) {
    return std::bit_cast<Float>(call.argument(index));
  } else {
    return std::bit_cast<Float>(call.argument64(2 * index));
  }
}
template <class Value>
void give(RomCall& call, Value value) {
  if constexpr (sizeof(Value) == 4) {
    call.result(std::bit_cast<std::uint32_t>(value));
  } else {
    call.result64(std::bit_cast<std::uint64_t>(value));
  }
}
// The one form of "not a number" that libgcc makes.
template <class Float>
Float canonical(Float value) {
  if (!std::isnan(value)) return value;
  if constexpr (sizeof(Float) == 4) {
    return std::bit_cast<float>(0x7FC0'0000u);
  } else {
    return std::bit_cast<double>(std::uint64_t{0x7FF8'0000'0000'0000});
  }
}

enum class Operation : std::uint8_t { add, subtract, multiply, divide };

template <class Float, Operation operation>
void compute(RomCall& call) {
  const auto a = operand<Float>(call, 0), b = operand<Float>(call, 1);
  switch (operation) {
    case Operation::add:
      return give(call, canonical(a + b));
    case Operation::subtract:
      return give(call, canonical(a - b));
    case Operation::multiply:
      return give(call, canonical(a * b));
    case Operation::divide:
      return give(call, canonical(a / b));
  }
}

template <class Float>
void negate(RomCall& call) {
  give(call, -operand<Float>(call, 0));
}

// The sign of the result answers the comparison; `unordered` is what it is without an order.
template <class Float, int unordered>
void compare(RomCall& call) {
  const auto a = operand<Float>(call, 0), b = operand<Float>(call, 1);
  const int order = std::isnan(a) || std::isnan(b) ? unordered : a < b ? -1 : a > b ? 1 : 0;
  call.result(static_cast<std::uint32_t>(order));
}
template <class Float>
void is_unordered(RomCall& call) {
  call.result(std::isnan(operand<Float>(call, 0)) || std::isnan(operand<Float>(call, 1)) ? 1 : 0);
}

// Beyond its range libgcc's conversion gives the nearest value; not a number gives the largest.
template <class Float, class Integer>
void to_integer(RomCall& call) {
  using Limits = std::numeric_limits<Integer>;
  const Float value = operand<Float>(call, 0);
  // The limits' neighbours are powers of two and exact.
  const auto above = std::ldexp(Float{1}, Limits::digits), below = static_cast<Float>(Limits::min());
  if (std::isnan(value) || value >= above) return give(call, Limits::max());
  if (value <= below) return give(call, Limits::min());
  give(call, static_cast<Integer>(value));
}
template <class Integer, class Float>
void from_integer(RomCall& call) {
  if constexpr (sizeof(Integer) == 4) {
    give(call, static_cast<Float>(static_cast<Integer>(call.argument(0))));
  } else {
    give(call, static_cast<Float>(static_cast<Integer>(call.argument64(0))));
  }
}
void widen(RomCall& call) { give(call, canonical(static_cast<double>(operand<float>(call, 0)))); }
void narrow(RomCall& call) { give(call, canonical(static_cast<float>(operand<double>(call, 0)))); }

template <class Float>
void power(RomCall& call) {
  const auto exponent = static_cast<std::int32_t>(call.argument(sizeof(Float) / 4));
  auto count = static_cast<std::uint32_t>(exponent);
  if (exponent < 0) count = 0u - count;
  Float base = operand<Float>(call, 0), result = (count & 1) != 0 ? base : Float{1};
  while (count >>= 1) {
    base *= base;
    if ((count & 1) != 0) result *= base;
  }
  give(call, canonical(exponent < 0 ? Float{1} / result : result));
}

using enum Operation;

// Cycles as a loop over such calls takes them from SRAM, roughly.
constexpr std::array answers = std::to_array<RomAnswer>({
    {"__addsf3", compute<float, add>, 70},
    {"__subsf3", compute<float, subtract>, 75},
    {"__mulsf3", compute<float, multiply>, 75},
    {"__divsf3", compute<float, divide>, 150},
    {"__adddf3", compute<double, add>, 110},
    {"__subdf3", compute<double, subtract>, 115},
    {"__muldf3", compute<double, multiply>, 130},
    {"__divdf3", compute<double, divide>, 350},
    {"__negsf2", negate<float>, 4},
    {"__negdf2", negate<double>, 5},
    {"__eqsf2", compare<float, 1>, 25},
    {"__nesf2", compare<float, 1>, 25},
    {"__ltsf2", compare<float, 1>, 30},
    {"__lesf2", compare<float, 1>, 30},
    {"__gtsf2", compare<float, -1>, 30},
    {"__gesf2", compare<float, -1>, 30},
    {"__eqdf2", compare<double, 1>, 30},
    {"__nedf2", compare<double, 1>, 30},
    {"__ltdf2", compare<double, 1>, 35},
    {"__ledf2", compare<double, 1>, 35},
    {"__gtdf2", compare<double, -1>, 35},
    {"__gedf2", compare<double, -1>, 35},
    {"__unordsf2", is_unordered<float>, 20},
    {"__unorddf2", is_unordered<double>, 20},
    {"__fixsfsi", to_integer<float, std::int32_t>, 25},
    {"__fixsfdi", to_integer<float, std::int64_t>, 50},
    {"__fixunssfsi", to_integer<float, std::uint32_t>, 25},
    {"__fixunssfdi", to_integer<float, std::uint64_t>, 50},
    {"__fixdfsi", to_integer<double, std::int32_t>, 30},
    {"__fixdfdi", to_integer<double, std::int64_t>, 50},
    {"__fixunsdfsi", to_integer<double, std::uint32_t>, 30},
    {"__floatsisf", from_integer<std::int32_t, float>, 45},
    {"__floatunsisf", from_integer<std::uint32_t, float>, 45},
    {"__floatdisf", from_integer<std::int64_t, float>, 80},
    {"__floatundisf", from_integer<std::uint64_t, float>, 80},
    {"__floatsidf", from_integer<std::int32_t, double>, 40},
    {"__floatunsidf", from_integer<std::uint32_t, double>, 40},
    {"__floatdidf", from_integer<std::int64_t, double>, 90},
    {"__floatundidf", from_integer<std::uint64_t, double>, 90},
    {"__extendsfdf2", widen, 25},
    {"__truncdfsf2", narrow, 40},
    {"__powisf2", power<float>, 400},
    {"__powidf2", power<double>, 800},
});

}  // namespace

std::span<const RomAnswer> float_answers() { return answers; }

}  // namespace ferry::board
