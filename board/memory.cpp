#include "board/memory.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::board {

namespace map = chip::memory_map;

static_assert(Memory::sram_size % Memory::line_size == 0, "no line belongs to both SRAM and RTC memory");

Memory::Memory() : bytes_(size), line_flags_(size / line_size) {}

std::optional<std::uint32_t> Memory::sram_offset(std::uint32_t address, std::uint32_t length) {
  if (map::sram1_data.contains(address, length)) return address - map::sram1_data.start + map::sram0.size;
  // SRAM0 and SRAM1 are neighbours on the instruction bus.
  constexpr map::Region instruction{map::sram0.start, sram_size};
  static_assert(map::sram0.end() == map::sram1_instruction.start);
  if (instruction.contains(address, length)) return address - instruction.start;
  return std::nullopt;
}

std::optional<std::uint32_t> Memory::offset(std::uint32_t address, std::uint32_t length) {
  if (map::rtc_fast.contains(address, length)) return address - map::rtc_fast.start + rtc_offset;
  return sram_offset(address, length);
}

std::byte* Memory::at(std::uint32_t address, std::uint32_t length) {
  const auto place = offset(address, length);
  return place ? bytes_.data() + *place : nullptr;
}

bool Memory::read(std::uint32_t address, std::span<std::byte> bytes) {
  const std::byte* source = at(address, static_cast<std::uint32_t>(bytes.size()));
  if (source == nullptr) return false;
  std::memcpy(bytes.data(), source, bytes.size());
  return true;
}

bool Memory::write(std::uint32_t address, std::span<const std::byte> bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  const auto place = offset(address, length);
  if (!place) return false;
  if (length == 0) return true;
  std::memcpy(bytes_.data() + *place, bytes.data(), bytes.size());
  const auto first = line_flags_.begin() + *place / line_size;
  const auto last = line_flags_.begin() + (*place + length - 1) / line_size + 1;
  const bool code =
      std::any_of(first, last, [](std::uint8_t flags) { return (flags & line_holds_code) != 0; });
  if (code && code_written_) code_written_(*place, length);
  return true;
}

void Memory::on_code_written(std::function<void(std::uint32_t, std::uint32_t)> listener) {
  code_written_ = std::move(listener);
}

void Memory::fill(std::byte value) {
  std::memset(bytes_.data(), std::to_integer<int>(value), bytes_.size());
  const bool code =
      std::ranges::any_of(line_flags_, [](std::uint8_t flags) { return (flags & line_holds_code) != 0; });
  if (code && code_written_) code_written_(0, size);
}

// What was decoded from memory stays where its bytes are the same.
void Memory::archive_state(StateArchive& archive) {
  if (!archive.restores()) return archive.bytes(bytes_);
  const std::span<const std::byte> kept = archive.next(size);
  for (std::uint32_t line = 0; line < line_flags_.size(); ++line) {
    if ((line_flags_[line] & line_holds_code) == 0) continue;
    const std::uint32_t offset = line * line_size;
    if (std::memcmp(&bytes_[offset], &kept[offset], line_size) == 0) continue;
    if (code_written_) code_written_(offset, line_size);
  }
  std::memcpy(bytes_.data(), kept.data(), size);
}

}  // namespace ferry::board
