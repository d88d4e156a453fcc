// All literals of Ferry at once: `using namespace ferry::literals;`.
#pragma once

#include "ferry/units.hpp"

#include <cstddef>

namespace ferry {
namespace detail {
inline void this_value_does_not_fit_a_byte() {}  // not constexpr: reaching it ends the compilation
}  // namespace detail

namespace literals {
/// `0x42_b` is std::byte{0x42}; more than 255 is a compile error.
consteval std::byte operator""_b(unsigned long long value) {
  if (value > 0xFF) detail::this_value_does_not_fit_a_byte();
  return static_cast<std::byte>(value);
}
}  // namespace literals
}  // namespace ferry
