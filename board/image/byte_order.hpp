// Little-endian numbers in bytes of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ferry::board {

// `bytes` must reach that far.
inline std::uint32_t half_word_at(std::span<const std::byte> bytes, std::size_t offset) {
  return std::to_integer<std::uint32_t>(bytes[offset]) | std::to_integer<std::uint32_t>(bytes[offset + 1])
                                                             << 8;
}
inline std::uint32_t word_at(std::span<const std::byte> bytes, std::size_t offset) {
  return half_word_at(bytes, offset) | half_word_at(bytes, offset + 2) << 16;
}
inline void append_word(std::vector<std::byte>& bytes, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>(value >> shift));
}

}  // namespace ferry::board
