// Application images and whole flash chips, built here field by field.
#pragma once

#include "board/image/crc.hpp"
#include "board/image/md5.hpp"
#include "board/image/sha256.hpp"
#include "tests/app/elf_builder.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ferry::tests {

inline void put_word(Bytes& bytes, std::size_t offset, std::uint32_t value) {
  for (unsigned index = 0; index < 4; ++index)
    bytes[offset + index] = static_cast<std::byte>(value >> (8 * index));
}
inline void append_word(Bytes& bytes, std::uint32_t value) {
  bytes.resize(bytes.size() + 4);
  put_word(bytes, bytes.size() - 4, value);
}

struct AppSegmentData {
  std::uint32_t address = 0;
  Bytes content;  // of whole words
};

struct AppImageBuilder {
  std::uint32_t entry = 0;
  std::uint32_t chip = 5;
  std::uint32_t flash_code = 2;  // 4 MiB
  bool hash = true;
  std::vector<AppSegmentData> segments;

  Bytes build() const {
    Bytes file(24);
    file[0] = std::byte{0xE9};
    file[1] = static_cast<std::byte>(segments.size());
    file[3] = static_cast<std::byte>(flash_code << 4);
    put_word(file, 4, entry);
    file[12] = static_cast<std::byte>(chip);
    file[13] = static_cast<std::byte>(chip >> 8);
    file[17] = file[18] = std::byte{0xFF};  // any revision
    file[23] = static_cast<std::byte>(hash ? 1 : 0);
    std::byte checksum{0xEF};
    for (const AppSegmentData& segment : segments) {
      append_word(file, segment.address);
      append_word(file, static_cast<std::uint32_t>(segment.content.size()));
      file.insert(file.end(), segment.content.begin(), segment.content.end());
      for (const std::byte byte : segment.content) checksum ^= byte;
    }
    file.resize((file.size() + 16) / 16 * 16);
    file.back() = checksum;
    if (hash) {
      const auto sum = board::sha256(file);
      file.insert(file.end(), sum.begin(), sum.end());
    }
    return file;
  }

  // The next segment's content will lie at this offset of the file.
  std::uint32_t next_offset() const {
    std::uint32_t offset = 24 + 8;
    for (const AppSegmentData& segment : segments)
      offset += 8 + static_cast<std::uint32_t>(segment.content.size());
    return offset;
  }
  // Adds a segment for a flash window, and padding before it so that a page can show it there.
  void add_flash_segment(std::uint32_t address, const Bytes& content) {
    constexpr std::uint32_t page = 0x1'0000;
    if (const std::uint32_t padding = (address - next_offset()) % page; padding != 0)
      segments.push_back({.address = 0, .content = Bytes((address - next_offset() - 8) % page)});
    segments.push_back({.address = address, .content = content});
  }
};

struct PartitionData {
  std::uint8_t type, subtype;
  std::uint32_t address, size;
  std::string_view label;
};

inline Bytes partition_table(const std::vector<PartitionData>& partitions) {
  Bytes table;
  for (const PartitionData& partition : partitions) {
    const std::size_t start = table.size();
    table.resize(start + 32);
    table[start] = std::byte{0xAA};
    table[start + 1] = std::byte{0x50};
    table[start + 2] = static_cast<std::byte>(partition.type);
    table[start + 3] = static_cast<std::byte>(partition.subtype);
    put_word(table, start + 4, partition.address);
    put_word(table, start + 8, partition.size);
    std::ranges::transform(partition.label, table.begin() + static_cast<std::ptrdiff_t>(start) + 12,
                           [](char c) { return static_cast<std::byte>(c); });
  }
  const auto sum = board::md5(table);
  const std::size_t start = table.size();
  table.resize(start + 16, std::byte{0xFF});
  table[start] = table[start + 1] = std::byte{0xEB};
  table.insert(table.end(), sum.begin(), sum.end());
  table.resize(0xC00, std::byte{0xFF});
  return table;
}

// One half of the OTA data: the slot chosen last is (sequence - 1) modulo the number of slots.
inline Bytes ota_choice(std::uint32_t sequence, std::uint32_t state = 2) {
  Bytes bytes(32, std::byte{0xFF});
  put_word(bytes, 0, sequence);
  put_word(bytes, 24, state);
  put_word(bytes, 28, board::crc32(std::span(bytes).first(4), ~0u));
  return bytes;
}

class FlashBuilder {
 public:
  explicit FlashBuilder(std::uint32_t size) : bytes_(size, std::byte{0xFF}) {}
  FlashBuilder& put(std::uint32_t address, const Bytes& content) {
    std::ranges::copy(content, bytes_.begin() + address);
    return *this;
  }
  const Bytes& build() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace ferry::tests
