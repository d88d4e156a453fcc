#include "board/memory.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::board {

namespace map = chip::memory_map;

Memory::Memory() : sram_(sram_size), rtc_(map::rtc_fast.size), line_flags_(sram_size / line_size) {}

std::optional<std::uint32_t> Memory::sram_offset(std::uint32_t address, std::uint32_t length) {
  if (map::sram1_data.contains(address, length)) return address - map::sram1_data.start + map::sram0.size;
  // SRAM0 and SRAM1 are neighbours on the instruction bus.
  constexpr map::Region instruction{map::sram0.start, sram_size};
  static_assert(map::sram0.end() == map::sram1_instruction.start);
  if (instruction.contains(address, length)) return address - instruction.start;
  return std::nullopt;
}

std::byte* Memory::at(std::uint32_t address, std::uint32_t length) {
  if (const auto offset = sram_offset(address, length)) return sram_.data() + *offset;
  if (map::rtc_fast.contains(address, length)) return rtc_.data() + (address - map::rtc_fast.start);
  return nullptr;
}

bool Memory::read(std::uint32_t address, std::span<std::byte> bytes) {
  const std::byte* source = at(address, static_cast<std::uint32_t>(bytes.size()));
  if (source == nullptr) return false;
  std::memcpy(bytes.data(), source, bytes.size());
  return true;
}

bool Memory::write(std::uint32_t address, std::span<const std::byte> bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  std::byte* target = at(address, length);
  if (target == nullptr) return false;
  if (length == 0) return true;
  std::memcpy(target, bytes.data(), bytes.size());
  if (const auto offset = sram_offset(address, length)) {
    const auto first = line_flags_.begin() + *offset / line_size;
    const auto last = line_flags_.begin() + (*offset + length - 1) / line_size + 1;
    const bool code = std::any_of(first, last, [](std::uint8_t flags) { return (flags & line_holds_code) != 0; });
    if (code && code_written_) code_written_(*offset, length);
  }
  return true;
}

void Memory::on_code_written(std::function<void(std::uint32_t, std::uint32_t)> listener) {
  code_written_ = std::move(listener);
}

void Memory::clear() {
  std::ranges::fill(sram_, std::byte{0});
  std::ranges::fill(rtc_, std::byte{0});
  if (code_written_) code_written_(0, sram_size);
}

}  // namespace ferry::board
