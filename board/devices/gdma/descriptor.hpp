// One element of a list as GDMA reads it from memory: three words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ferry::board::gdma {

struct Descriptor {
  static constexpr std::uint32_t bytes = 12;
  static constexpr std::uint32_t length_mask = 0xFFFu << 12, err_eof_bit = 1u << 28, suc_eof_bit = 1u << 30,
                                 owner_bit = 1u << 31;

  std::uint32_t address = 0;  // where it lies
  std::uint32_t word0 = 0;
  std::uint32_t buffer = 0;
  std::uint32_t next = 0;  // 0: the list ends here

  std::uint32_t size() const { return word0 & 0xFFF; }
  std::uint32_t length() const { return (word0 & length_mask) >> 12; }
  bool suc_eof() const { return (word0 & suc_eof_bit) != 0; }
  bool owned_by_dma() const { return (word0 & owner_bit) != 0; }

  static Descriptor from(std::uint32_t address, const std::array<std::byte, bytes>& memory) {
    std::array<std::uint32_t, 3> words{};
    for (std::size_t index = 0; index < bytes; ++index)
      words[index / 4] |= std::to_integer<std::uint32_t>(memory[index]) << (8 * (index % 4));
    return {address, words[0], words[1], words[2]};
  }
};

}  // namespace ferry::board::gdma
