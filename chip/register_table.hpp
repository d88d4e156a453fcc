// The same registers as a table, for code that walks them: the board's register files, its traces and its
// tests.
#pragma once

#include "chip/register.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace ferry::chip {

struct FieldInfo {
  std::string_view name;
  std::uint8_t lsb;
  std::uint8_t width;
  Access access;

  constexpr std::uint32_t mask() const { return (width == 32 ? 0xFFFF'FFFFu : (1u << width) - 1u) << lsb; }
};

struct RegisterInfo {
  std::string_view name;
  std::uint32_t offset;
  std::uint32_t reset;
  std::uint32_t count;  // registers of this layout, `stride` bytes apart
  std::uint32_t stride;
  std::span<const FieldInfo> fields;
  std::span<const std::uint32_t> resets;  // one per index where they differ, else empty

  constexpr std::uint32_t reset_of(std::uint32_t index) const {
    return resets.empty() ? reset : resets[index];
  }
};

}  // namespace ferry::chip
