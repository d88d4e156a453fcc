#include "tests/board/watch_model/written_bytes.hpp"

#include <algorithm>

namespace ferry::board::watch::random {

bool WrittenBytes::is_written(std::uint32_t address) const {
  return written_.contains(Memory::offset(address).value());
}

bool WrittenBytes::is_busy(std::uint32_t line) const {
  const auto vain = vain_.find(line);
  return vain != vain_.end() && vain->second == patience;
}

void WrittenBytes::note(std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t line = first / Memory::line_size; line * Memory::line_size < first + count; ++line) {
    if (is_busy(line)) continue;
    const std::uint32_t begin = line * Memory::line_size, end = begin + Memory::line_size;
    bool news = false;
    for (std::uint32_t byte = std::max(first, begin); byte < std::min(first + count, end); ++byte)
      news = written_.insert(byte).second || news;
    if (!news) ++vain_[line];
  }
}

// In a line that is no longer seen, three bytes or more on end of what memory is filled with.
bool WrittenBytes::is_unwritten(std::uint32_t address, const Holding& message) {
  if (is_written(address)) return false;
  if (!is_busy(Memory::offset(address).value() / Memory::line_size)) return true;
  const auto looks_unwritten = [&](std::uint32_t byte) {
    const bool inside = byte >= message.buffer && byte < message.buffer + message.length;
    return inside && !is_written(byte) &&
           *memory_.at(byte, 1) == Memory::power_on(Memory::offset(byte).value());
  };
  std::uint32_t first = address, end = address;
  if (!looks_unwritten(address)) {
    written_.insert(Memory::offset(address).value());
    return false;
  }
  while (looks_unwritten(first - 1)) --first;
  while (looks_unwritten(end)) ++end;
  return end - first >= 3;
}

}  // namespace ferry::board::watch::random
