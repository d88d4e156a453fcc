#include "board/parts/flash_memory.hpp"

#include "board/image/file.hpp"
#include "board/record/output.hpp"

#include <algorithm>
#include <string_view>

namespace ferry::board {

void FlashMemory::put(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  if (address >= size()) return;
  const std::size_t count = std::min<std::size_t>(bytes.size(), size() - address);
  std::ranges::copy(bytes.first(count), cells_.begin() + address);
}

void FlashMemory::program(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  const std::uint32_t page = address & (size() - 1) & ~(page_size - 1);
  for (const std::uint8_t byte : bytes) cells_[page + (address++ & (page_size - 1))] &= byte;
}

void FlashMemory::erase(std::uint32_t address, std::uint32_t block_size) {
  const std::uint32_t start = address & (size() - 1) & ~(block_size - 1);
  std::fill_n(cells_.begin() + start, std::min(block_size, size()), std::uint8_t{0xFF});
}

std::expected<void, std::string> FlashMemory::load(const std::filesystem::path& file) {
  const auto bytes = read_file(file, cells_.size());
  if (!bytes) return std::unexpected(file.string() + ": " + bytes.error());
  std::ranges::transform(*bytes, cells_.begin(),
                         [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return {};
}

std::expected<void, std::string> FlashMemory::save(const std::filesystem::path& file) const {
  auto output = Output::create(file);
  if (!output) return std::unexpected(file.string() + ": " + output.error());
  output->write({reinterpret_cast<const char*>(cells_.data()), cells_.size()});
  output->flush();
  if (output->error() != 0) return std::unexpected(file.string() + ": " + output->error_text());
  return {};
}

}  // namespace ferry::board
