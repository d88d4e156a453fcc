#include "board/watch/unwritten.hpp"

#include <algorithm>

namespace ferry::board::watch {

Unwritten::Unwritten(Memory& memory) : memory_(memory) {
  judge_by_content();
  flag_lines();
  memory.on_unwritten_written([this](std::uint32_t offset, std::uint32_t length) { write(offset, length); });
}

Unwritten::~Unwritten() {
  memory_.on_unwritten_written({});
  for (std::uint32_t line = 0; line < WrittenBytes::line_count; ++line) forget(line);
}

void Unwritten::go_back(const WrittenBytes* state) {
  if (state != nullptr) {
    *state_ = *state;
  } else {
    judge_by_content();
  }
  flag_lines();
}

// A byte or two of what somebody composes are by chance what memory is filled with.
void Unwritten::judge_by_content() {
  *state_ = {};
  for (std::uint32_t begin = 0, end = 0; begin < size; begin = end + 1) {
    for (end = begin; end < size && holds_power_on_content(end);) ++end;
    if (end - begin < shortest_run) continue;
    for (std::uint32_t byte = begin; byte < end; ++byte) {
      state_->unwritten.set(byte);
      ++state_->left[byte / Memory::line_size];
    }
  }
}

void Unwritten::flag_lines() {
  for (std::uint32_t line = 0; line < WrittenBytes::line_count; ++line) {
    const bool told = state_->left[line] != 0 && state_->vain[line] != patience;
    std::uint8_t& flags = memory_.line_flags()[first / Memory::line_size + line];
    flags = static_cast<std::uint8_t>(told ? flags | line_unwritten : flags & ~line_unwritten);
  }
}

std::optional<std::uint32_t> Unwritten::find(const Extent& bytes, const Extent& whole) {
  for (std::uint32_t byte = bytes.offset; byte < bytes.end(); ++byte)
    if (byte >= first && byte - first < size && is_unwritten(byte - first, whole)) return byte;
  return std::nullopt;
}

bool Unwritten::is_unwritten(std::uint32_t byte, const Extent& whole) {
  const std::uint32_t line = byte / Memory::line_size;
  if (state_->left[line] == 0 || !state_->unwritten.test(byte)) return false;
  if (state_->vain[line] < patience) return true;
  if (!holds_power_on_content(byte)) {
    state_->unwritten.reset(byte);
    --state_->left[line];
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
  return state_->unwritten.test(byte) && holds_power_on_content(byte);
}

bool Unwritten::holds_power_on_content(std::uint32_t byte) const {
  return memory_.bytes()[first + byte] == Memory::power_on(first + byte);
}

void Unwritten::write(std::uint32_t offset, std::uint32_t length) {
  const std::uint32_t begin = std::max(offset, first) - first;
  const std::uint32_t end = std::min(std::max(offset + length, first) - first, size);
  if (begin >= end) return;
  for (std::uint32_t line = begin / Memory::line_size; line <= (end - 1) / Memory::line_size; ++line) {
    if (state_->left[line] == 0 || state_->vain[line] == patience) continue;
    const std::uint32_t start = line * Memory::line_size;
    const std::uint8_t before = state_->left[line];
    for (std::uint32_t byte = std::max(begin, start); byte < std::min(end, start + Memory::line_size);
         ++byte) {
      if (!state_->unwritten.test(byte)) continue;
      state_->unwritten.reset(byte);
      --state_->left[line];
    }
    const bool busy = state_->left[line] == before && ++state_->vain[line] == patience;
    if (busy || state_->left[line] == 0) forget(line);
  }
}

void Unwritten::forget(std::uint32_t line) {
  memory_.line_flags()[first / Memory::line_size + line] &= static_cast<std::uint8_t>(~line_unwritten);
}

}  // namespace ferry::board::watch
