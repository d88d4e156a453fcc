// CRC-32 with the reflected polynomial 0xEDB88320, the one of ESP-IDF's OTA data and of the boot ROM's
// crc32_le.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ferry::board {

// Goes on from `before`, the result for the bytes before these; 0 at the start. As the ROM does, both are
// inverted.
inline std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before) {
  std::uint32_t value = ~before;
  for (const std::byte byte : bytes) {
    value ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xEDB8'8320 : 0);
  }
  return ~value;
}

}  // namespace ferry::board
