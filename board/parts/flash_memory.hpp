// The cells of a flash chip: erased they are 1, and programming only makes zeros.
#pragma once

#include "board/state_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

class FlashMemory {
 public:
  static constexpr std::uint32_t page_size = 256;

  /// `size` is a power of two. Everything is erased.
  explicit FlashMemory(std::uint32_t size) : cells_(size, 0xFF) {}

  std::uint32_t size() const { return static_cast<std::uint32_t>(cells_.size()); }
  /// Addresses go round at the end.
  std::uint8_t read(std::uint32_t address) const { return cells_[address & (size() - 1)]; }
  std::span<const std::uint8_t> cells() const { return cells_; }
  /// Overwrites, as a programmer would before the chip is soldered in. What is beyond the end is left out.
  void put(std::uint32_t address, std::span<const std::uint8_t> bytes);

  /// Within one page: the address goes round at the page's end.
  void program(std::uint32_t address, std::span<const std::uint8_t> bytes);
  /// The block of this size (a power of two) that holds the address.
  void erase(std::uint32_t address, std::uint32_t block_size);

  /// Errors are one line, beginning with the file's name. A file that is shorter leaves the rest erased.
  std::expected<void, std::string> load(const std::filesystem::path& file);
  std::expected<void, std::string> save(const std::filesystem::path& file) const;

  // A snapshot keeps the sectors that have changed, not megabytes that never do.
  void archive_state(StateArchive& archive);

 private:
  static constexpr std::uint32_t sector_size = 4096;

  void about_to_change(std::uint32_t address, std::uint32_t length);
  std::span<std::uint8_t> sector(std::uint32_t number);

  std::vector<std::uint8_t> cells_;
  std::map<std::uint32_t, std::vector<std::uint8_t>> originals_;  // of sectors that have changed, by number
};

}  // namespace ferry::board
