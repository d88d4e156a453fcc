#include "board/watch/unwritten.hpp"

#include "board/image/byte_order.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

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
    end = end_of_power_on_content(begin);
    if (end - begin < shortest_run) continue;
    for (std::uint32_t line = begin / Memory::line_size; line * Memory::line_size < end; ++line)
      state_->unwritten[line] |= between(begin, end, line);
  }
}

// Word by word where it can be: most of memory is as it was at power-on.
std::uint32_t Unwritten::end_of_power_on_content(std::uint32_t begin) const {
  constexpr std::uint32_t word = 4;
  const std::span<const std::byte> bytes(memory_.bytes() + first, size);
  const auto holds_word = [bytes](std::uint32_t byte) {
    return word_at(bytes, byte) == Memory::power_on_word((first + byte) / word);
  };
  static_assert(size % word == 0 && first % word == 0);
  std::uint32_t byte = begin;
  while (byte % word != 0 && holds_power_on_content(byte)) ++byte;
  while (byte % word == 0 && byte < size && holds_word(byte)) byte += word;
  while (byte < size && holds_power_on_content(byte)) ++byte;
  return byte;
}

auto Unwritten::between(std::uint32_t begin, std::uint32_t end, std::uint32_t line) -> Bytes {
  const std::uint32_t start = line * Memory::line_size, behind = start + Memory::line_size;
  Bytes result = ~Bytes{0};
  if (begin > start) result &= ~Bytes{0} << (begin - start);
  if (end < behind) result &= ~Bytes{0} >> (behind - end);
  return result;
}

void Unwritten::flag_lines() {
  for (std::uint32_t line = 0; line < WrittenBytes::line_count; ++line) {
    const bool told = state_->unwritten[line] != 0 && state_->vain[line] != patience;
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
  if (!counts_as_unwritten(byte)) return false;
  const std::uint32_t line = byte / Memory::line_size;
  if (state_->vain[line] < patience) return true;
  if (!holds_power_on_content(byte)) {
    state_->unwritten[line] &= ~bit(byte);
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
  return counts_as_unwritten(byte) && holds_power_on_content(byte);
}

bool Unwritten::holds_power_on_content(std::uint32_t byte) const {
  return memory_.bytes()[first + byte] == Memory::power_on(first + byte);
}

void Unwritten::write(std::uint32_t offset, std::uint32_t length) {
  const std::uint32_t begin = std::max(offset, first) - first;
  const std::uint32_t end = std::min(std::max(offset + length, first) - first, size);
  if (begin >= end) return;
  for (std::uint32_t line = begin / Memory::line_size; line <= (end - 1) / Memory::line_size; ++line) {
    Bytes& unwritten = state_->unwritten[line];
    if (unwritten == 0 || state_->vain[line] == patience) continue;
    const Bytes before = unwritten;
    unwritten &= ~between(begin, end, line);
    const bool busy = unwritten == before && ++state_->vain[line] == patience;
    if (busy || unwritten == 0) forget(line);
  }
}

void Unwritten::forget(std::uint32_t line) {
  memory_.line_flags()[first / Memory::line_size + line] &= static_cast<std::uint8_t>(~line_unwritten);
}

}  // namespace ferry::board::watch
