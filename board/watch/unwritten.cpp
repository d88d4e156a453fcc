#include "board/watch/unwritten.hpp"

#include <algorithm>

namespace ferry::board::watch {

Unwritten::Unwritten(Memory& memory) : memory_(memory) {
  const std::byte* const bytes = memory.bytes() + first;
  for (std::uint32_t byte = 0; byte < size; ++byte) {
    if (bytes[byte] != Memory::power_on) continue;
    unwritten_->set(byte);
    ++left_[byte / Memory::line_size];
  }
  for (std::uint32_t line = 0; line < left_.size(); ++line)
    if (left_[line] != 0) memory.line_flags()[first / Memory::line_size + line] |= line_unwritten;
  memory.on_unwritten_written([this](std::uint32_t offset, std::uint32_t length) { write(offset, length); });
}

Unwritten::~Unwritten() {
  memory_.on_unwritten_written({});
  for (std::uint32_t line = 0; line < left_.size(); ++line) forget(line);
}

std::optional<std::uint32_t> Unwritten::find(std::uint32_t offset, std::uint32_t length) const {
  for (std::uint32_t byte = offset; byte < offset + length; ++byte)
    if (byte >= first && byte - first < size && left_[(byte - first) / Memory::line_size] != 0 &&
        unwritten_->test(byte - first))
      return byte;
  return std::nullopt;
}

void Unwritten::write(std::uint32_t offset, std::uint32_t length) {
  const std::uint32_t begin = std::max(offset, first) - first;
  const std::uint32_t end = std::min(std::max(offset + length, first) - first, size);
  if (begin >= end) return;
  for (std::uint32_t line = begin / Memory::line_size; line <= (end - 1) / Memory::line_size; ++line) {
    if (left_[line] == 0) continue;
    const std::uint32_t start = line * Memory::line_size;
    const std::uint8_t before = left_[line];
    for (std::uint32_t byte = std::max(begin, start); byte < std::min(end, start + Memory::line_size);
         ++byte) {
      if (!unwritten_->test(byte)) continue;
      unwritten_->reset(byte);
      --left_[line];
    }
    if (left_[line] == before && ++vain_[line] == patience) left_[line] = 0;
    if (left_[line] == 0) forget(line);
  }
}

void Unwritten::forget(std::uint32_t line) {
  memory_.line_flags()[first / Memory::line_size + line] &= static_cast<std::uint8_t>(~line_unwritten);
}

}  // namespace ferry::board::watch
