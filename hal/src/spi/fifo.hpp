// Bytes into and out of SPI's own buffer, W0 to W15.
#pragma once

#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/mmio.hpp"
#include "ferry/spi/port.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ferry::spi::detail {

// Spans begin anywhere, but most on a word; a word is then one access to memory instead of four.
inline bool is_aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % 4 == 0; }

// The first `length` bytes of a span, or all if there are less. The span moves on.
template <class Byte>
std::span<Byte> take(std::span<Byte>& bytes, std::size_t length) {
  const auto first = bytes.first(std::min(length, bytes.size()));
  bytes = bytes.subspan(first.size());
  return first;
}

// Bytes as words for the registers from this one on, the first in the lowest bits; zeros behind the last one.
[[gnu::noinline]] inline void fill_words(std::uint32_t registers, std::uint32_t end,
                                         std::span<const std::byte> bytes) {
  const std::byte* from = bytes.data();
  std::size_t left = bytes.size();
  for (; registers != end; registers += chip::spi2::W::stride) {
    std::uint32_t word = 0;
    for (std::uint32_t shift = 0; shift != 32 && left != 0; shift += 8, --left)
      word |= std::to_integer<std::uint32_t>(*from++) << shift;
    mmio::write_word<chip::spi2::W>(registers, word);
  }
}

// The reverse.
[[gnu::noinline]] inline void read_words(std::uint32_t registers, std::span<std::byte> bytes) {
  std::byte* to = bytes.data();
  for (std::size_t left = bytes.size(); left != 0; registers += chip::spi2::W::stride) {
    std::uint32_t word = mmio::read<chip::spi2::W>(registers);
    for (std::uint32_t byte = 0; byte != 4 && left != 0; ++byte, word >>= 8, --left)
      *to++ = static_cast<std::byte>(word);
  }
}

// An end that the compiler knows nothing of: of one that it knows, it makes a counter that is counted down
// with every word, besides the two addresses.
template <class T>
[[gnu::always_inline]] inline T* hidden(T* end) {
  asm("" : "+r"(end));
  return end;
}

// Puts up to 64 bytes into W0…W15; what `bytes` does not fill of `length` is 0.
[[gnu::always_inline]] inline void fill_fifo(std::span<const std::byte> bytes, std::uint32_t length) {
  using chip::spi2::W;
  std::uint32_t registers = chip::spi2::base;
  const std::uint32_t end = registers + (length + 3) / 4 * W::stride;
  if (is_aligned(bytes.data())) {
    const std::byte* from = bytes.data();
    for (const std::byte* const whole_words = hidden(from + bytes.size() / 4 * 4); from != whole_words;
         from += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, __builtin_assume_aligned(from, 4), 4);
      mmio::write_word<W>(registers, word);
      registers += W::stride;
    }
    bytes = bytes.last(bytes.size() % 4);
  }
  if (registers != end) fill_words(registers, end, bytes);
}

inline void read_fifo(std::span<std::byte> bytes) {
  using chip::spi2::W;
  std::uint32_t registers = chip::spi2::base;
  if (is_aligned(bytes.data())) {
    std::byte* to = bytes.data();
    for (const std::byte* const whole_words = hidden<const std::byte>(to + bytes.size() / 4 * 4);
         to != whole_words; to += 4) {
      const std::uint32_t word = mmio::read<W>(registers);
      std::memcpy(__builtin_assume_aligned(to, 4), &word, 4);
      registers += W::stride;
    }
    bytes = bytes.last(bytes.size() % 4);
  }
  if (!bytes.empty()) read_words(registers, bytes);
}

}  // namespace ferry::spi::detail
