// Bytes into and out of SPI's own buffer, W0 to W15.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ferry::spi::detail {

// Spans begin anywhere, but most on a word; a word is then one access to memory instead of four.
inline bool is_aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % 4 == 0; }

// The next four bytes as a word, the first in the lowest bits; fewer at the end of the span, which moves on.
inline std::uint32_t take_word(std::span<const std::byte>& bytes) {
  std::uint32_t word = 0;
  const std::size_t count = std::min<std::size_t>(4, bytes.size());
  for (std::size_t i = 0; i < count; ++i) word |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  bytes = bytes.subspan(count);
  return word;
}

// The reverse.
inline void put_word(std::span<std::byte>& bytes, std::uint32_t word) {
  const std::size_t count = std::min<std::size_t>(4, bytes.size());
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(word >> (8 * i));
  bytes = bytes.subspan(count);
}

// Puts up to 64 bytes into W0…W15; what `bytes` does not fill of `length` is 0.
inline void fill_fifo(std::span<const std::byte> bytes, std::uint32_t length) {
  using chip::spi2::W;
  std::uint32_t index = 0;
  if (is_aligned(bytes.data())) {
    const auto whole_words = static_cast<std::uint32_t>(bytes.size() / 4);
    for (; index < whole_words; ++index) {
      std::uint32_t word = 0;
      std::memcpy(&word, __builtin_assume_aligned(bytes.data() + index * 4, 4), 4);
      mmio::write_word<W>(chip::spi2::base, word, index);
    }
    bytes = bytes.subspan(whole_words * 4);
  }
  for (; index * 4 < length; ++index) mmio::write_word<W>(chip::spi2::base, take_word(bytes), index);
}

inline void read_fifo(std::span<std::byte> bytes) {
  using chip::spi2::W;
  std::uint32_t index = 0;
  if (is_aligned(bytes.data())) {
    const auto whole_words = static_cast<std::uint32_t>(bytes.size() / 4);
    for (; index < whole_words; ++index) {
      const std::uint32_t word = mmio::read<W>(chip::spi2::base, index);
      std::memcpy(__builtin_assume_aligned(bytes.data() + index * 4, 4), &word, 4);
    }
    bytes = bytes.subspan(whole_words * 4);
  }
  for (; !bytes.empty(); ++index) put_word(bytes, mmio::read<W>(chip::spi2::base, index));
}

}  // namespace ferry::spi::detail
