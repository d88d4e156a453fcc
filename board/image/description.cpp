#include "board/image/description.hpp"

#include "board/image/byte_order.hpp"

#include <string_view>

namespace ferry::board {

namespace {

constexpr std::uint32_t magic = 0xABCD'5432;
constexpr std::size_t size = 256, text_size = 32, version_offset = 16, project_offset = 48;

std::string text_at(std::span<const std::byte> bytes, std::size_t offset) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + offset, text_size);
  return std::string(text.substr(0, text.find('\0')));
}

}  // namespace

Description read_description(std::span<const std::byte> bytes) {
  if (bytes.size() < size || word_at(bytes, 0) != magic) return {};
  return {.project = text_at(bytes, project_offset), .version = text_at(bytes, version_offset)};
}

}  // namespace ferry::board
