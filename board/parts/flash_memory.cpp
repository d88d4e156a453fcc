#include "board/parts/flash_memory.hpp"

#include "board/image/file.hpp"
#include "board/record/output.hpp"

#include <algorithm>
#include <string_view>

namespace ferry::board {

void FlashMemory::put(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  if (address >= size()) return;
  const std::size_t count = std::min<std::size_t>(bytes.size(), size() - address);
  about_to_change(address, static_cast<std::uint32_t>(count));
  std::ranges::copy(bytes.first(count), cells_.begin() + address);
}

void FlashMemory::program(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  const std::uint32_t page = address & (size() - 1) & ~(page_size - 1);
  about_to_change(page, page_size);
  for (const std::uint8_t byte : bytes) cells_[page + (address++ & (page_size - 1))] &= byte;
}

void FlashMemory::erase(std::uint32_t address, std::uint32_t block_size) {
  const std::uint32_t start = address & (size() - 1) & ~(block_size - 1);
  about_to_change(start, std::min(block_size, size()));
  std::fill_n(cells_.begin() + start, std::min(block_size, size()), std::uint8_t{0xFF});
}

std::span<std::uint8_t> FlashMemory::sector(std::uint32_t number) {
  const std::size_t start = std::size_t{number} * sector_size;
  return std::span(cells_).subspan(start, std::min<std::size_t>(sector_size, cells_.size() - start));
}

void FlashMemory::about_to_change(std::uint32_t address, std::uint32_t length) {
  if (length == 0) return;
  for (std::uint32_t number = address / sector_size; number <= (address + length - 1) / sector_size; ++number)
    if (const auto content = sector(number); !originals_.contains(number))
      originals_.emplace(number, std::vector(content.begin(), content.end()));
}

void FlashMemory::archive_state(StateArchive& archive) {
  std::map<std::uint32_t, std::vector<std::uint8_t>> changed;
  if (!archive.restores())
    for (const auto& [number, original] : originals_)
      changed.emplace(number, std::vector(sector(number).begin(), sector(number).end()));
  archive(changed);
  archive.derived(cells_, originals_);
  if (!archive.restores()) return;
  for (const auto& [number, original] : originals_) std::ranges::copy(original, sector(number).begin());
  for (const auto& [number, content] : changed) {
    about_to_change(number * sector_size, sector_size);
    std::ranges::copy(content, sector(number).begin());
  }
}

std::expected<void, std::string> FlashMemory::load(const std::filesystem::path& file) {
  const auto bytes = read_file(file, cells_.size());
  if (!bytes) return std::unexpected(file.string() + ": " + bytes.error());
  originals_.clear();  // what is loaded is the content that changes begin from
  std::ranges::transform(*bytes, cells_.begin(),
                         [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return {};
}

std::expected<void, std::string> FlashMemory::save(const std::filesystem::path& file) const {
  if (const auto done = replace_file(file, std::as_bytes(std::span(cells_))); !done)
    return std::unexpected(file.string() + ": " + done.error());
  return {};
}

}  // namespace ferry::board
