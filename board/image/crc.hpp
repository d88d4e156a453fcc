// CRCs as ESP-IDF's OTA data and the boot ROM's functions have them: inverted before and after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry::board {

// Goes on from `before`, the result for the bytes before these; 0 at the start. A reflected one shifts to the
// right, with the polynomial's bits in reverse.
template <class Value, Value polynomial, bool reflected>
Value crc(std::span<const std::byte> bytes, Value before) {
  constexpr unsigned width = 8 * sizeof(Value);
  constexpr auto top = static_cast<Value>(Value{1} << (width - 1));
  auto value = static_cast<Value>(~before);
  for (const std::byte byte : bytes) {
    const auto next = std::to_integer<std::uint32_t>(byte);
    value = static_cast<Value>(value ^ (reflected ? next : next << (width - 8)));
    for (int bit = 0; bit < 8; ++bit) {
      const bool out = (value & (reflected ? Value{1} : top)) != 0;
      value = static_cast<Value>(reflected ? value >> 1 : value << 1);
      if (out) value = static_cast<Value>(value ^ polynomial);
    }
  }
  return static_cast<Value>(~value);
}

inline std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before) {
  return crc<std::uint32_t, 0xEDB8'8320, true>(bytes, before);
}

}  // namespace ferry::board
