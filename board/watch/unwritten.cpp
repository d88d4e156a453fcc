#include "board/watch/unwritten.hpp"

#include <algorithm>

namespace ferry::board::watch {

Unwritten::Unwritten(Memory& memory) : memory_(memory) {
  for (std::uint32_t byte = 0; byte < size; ++byte) {
    if (!holds_power_on_content(byte)) continue;
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

std::optional<std::uint32_t> Unwritten::find(const Extent& bytes, const Extent& whole) {
  for (std::uint32_t byte = bytes.offset; byte < bytes.end(); ++byte)
    if (byte >= first && byte - first < size && is_unwritten(byte - first, whole)) return byte;
  return std::nullopt;
}

bool Unwritten::is_unwritten(std::uint32_t byte, const Extent& whole) {
  const std::uint32_t line = byte / Memory::line_size;
  if (left_[line] == 0 || !unwritten_->test(byte)) return false;
  if (vain_[line] < patience) return true;
  if (!holds_power_on_content(byte)) {
    unwritten_->reset(byte);
    --left_[line];
    return false;
  }
  const std::uint32_t begin = std::max(whole.offset, first) - first;
  const std::uint32_t end = std::min(std::max(whole.end(), first) - first, size);
  std::uint32_t run = 1;
  for (std::uint32_t before = byte; run < shortest_run && before > begin && looks_unwritten(before - 1);
       --before)
    ++run;
  for (std::uint32_t behind = byte + 1; run < shortest_run && behind < end && looks_unwritten(behind);
       ++behind)
    ++run;
  return run >= shortest_run;
}

bool Unwritten::looks_unwritten(std::uint32_t byte) const {
  return unwritten_->test(byte) && holds_power_on_content(byte);
}

bool Unwritten::holds_power_on_content(std::uint32_t byte) const {
  return memory_.bytes()[first + byte] == Memory::power_on(first + byte);
}

void Unwritten::write(std::uint32_t offset, std::uint32_t length) {
  const std::uint32_t begin = std::max(offset, first) - first;
  const std::uint32_t end = std::min(std::max(offset + length, first) - first, size);
  if (begin >= end) return;
  for (std::uint32_t line = begin / Memory::line_size; line <= (end - 1) / Memory::line_size; ++line) {
    if (left_[line] == 0 || vain_[line] == patience) continue;
    const std::uint32_t start = line * Memory::line_size;
    const std::uint8_t before = left_[line];
    for (std::uint32_t byte = std::max(begin, start); byte < std::min(end, start + Memory::line_size);
         ++byte) {
      if (!unwritten_->test(byte)) continue;
      unwritten_->reset(byte);
      --left_[line];
    }
    const bool busy = left_[line] == before && ++vain_[line] == patience;
    if (busy || left_[line] == 0) forget(line);
  }
}

void Unwritten::forget(std::uint32_t line) {
  memory_.line_flags()[first / Memory::line_size + line] &= static_cast<std::uint8_t>(~line_unwritten);
}

}  // namespace ferry::board::watch
