#include "board/memory.hpp"

#include "board/image/byte_order.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace ferry::board {

namespace map = chip::memory_map;

static_assert(Memory::sram_size % Memory::line_size == 0, "no line belongs to both SRAM and RTC memory");

static_assert(Memory::watched_bytes_offset % alignof(WatchedBytes) == 0);
static_assert(Memory::window_offset % Memory::line_size == 0, "nor to RAM and the flash windows");
static_assert(map::flash_page_size * map::flash_page_count == map::flash_data.size &&
              map::flash_data.size == map::flash_instruction.size);

Memory::Memory()
    : bytes_(static_cast<std::byte*>(std::calloc(whole_size, 1))),
      line_flags_(static_cast<std::uint8_t*>(
          std::calloc(watched_bytes_offset + size / 32 * sizeof(WatchedBytes), 1))) {
  if (bytes_ == nullptr || line_flags_ == nullptr) throw std::bad_alloc();
}

std::byte* Memory::at(std::uint32_t address, std::uint32_t length) {
  const auto place = offset(address, length);
  return place ? bytes_.get() + *place : nullptr;
}

std::optional<std::uint32_t> Memory::read_only_offset(std::uint32_t address, std::uint32_t length) {
  for (const map::Region& window : {map::flash_instruction, map::flash_data})
    if (window.contains(address, length)) return address - window.start + window_offset;
  constexpr map::Region rom{map::rom0.start, rom_size};
  static_assert(map::rom0.end() == map::rom1.start);
  if (rom.contains(address, length)) return address - rom.start + rom_offset;
  if (map::rom1_data.contains(address, length))
    return address - map::rom1_data.start + map::rom0.size + rom_offset;
  return std::nullopt;
}

const std::byte* Memory::readable(std::uint32_t address, std::uint32_t length) const {
  if (const auto place = offset(address, length)) return bytes_.get() + *place;
  const auto place = read_only_offset(address, length);
  if (!place || length == 0) return nullptr;
  for (std::uint32_t byte = *place; byte < *place + length; byte += map::flash_page_size)
    if (!loadable(byte)) return nullptr;
  return loadable(*place + length - 1) ? bytes_.get() + *place : nullptr;
}

std::optional<std::uint32_t> Memory::instruction_word(std::uint32_t pc) const {
  const std::byte* const low = readable(pc, 2);
  const std::byte* const high = readable(pc + 2, 2);
  if (low == nullptr) return std::nullopt;
  return half_word_at({low, 2}, 0) | (high != nullptr ? half_word_at({high, 2}, 0) << 16 : 0);
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
  std::memcpy(bytes_.get() + *place, bytes.data(), bytes.size());
  tell_if_code(*place, length);
  if (unwritten_written_ && any_line(*place, length, line_unwritten)) unwritten_written_(*place, length);
  return true;
}

bool Memory::any_line(std::uint32_t offset, std::uint32_t length, LineFlag flag) const {
  const std::uint8_t* first = line_flags_.get() + offset / line_size;
  const std::uint8_t* last = line_flags_.get() + (offset + length - 1) / line_size + 1;
  return std::any_of(first, last, [flag](std::uint8_t flags) { return (flags & flag) != 0; });
}

void Memory::tell_if_code(std::uint32_t offset, std::uint32_t length) {
  if (code_written_ && any_line(offset, length, line_holds_code)) code_written_(offset, length);
}

void Memory::map_page(std::uint32_t page, std::span<const std::byte> content) {
  mapped_[page] = true;
  update_reach(page);
  update_page(page, 0, content);
}

void Memory::update_page(std::uint32_t page, std::uint32_t start, std::span<const std::byte> bytes) {
  const std::uint32_t offset = window_offset + page * map::flash_page_size + start;
  std::ranges::copy(bytes, bytes_.get() + offset);
  tell_if_code(offset, static_cast<std::uint32_t>(bytes.size()));
}

void Memory::unmap_page(std::uint32_t page) {
  mapped_[page] = false;
  update_reach(page);
  tell_if_code(window_offset + page * map::flash_page_size, map::flash_page_size);
}

void Memory::open_windows(bool data, bool code) {
  open_ = static_cast<std::uint8_t>((data ? page_loadable : 0) | (code ? page_fetchable : 0));
  for (std::uint32_t page = 0; page < map::flash_page_count; ++page) update_reach(page);
}

void Memory::update_reach(std::uint32_t page) { reach_[page] = mapped_[page] ? open_ : 0; }

void Memory::set_rom(std::span<const std::byte> content) {
  std::byte* rom = bytes_.get() + rom_offset;
  const auto behind =
      std::ranges::copy(content.first(std::min<std::size_t>(content.size(), rom_size)), rom).out;
  std::fill(behind, rom + rom_size, std::byte{});
  tell_if_code(rom_offset, rom_size);
}

void Memory::on_code_written(std::function<void(std::uint32_t, std::uint32_t)> listener) {
  code_written_ = std::move(listener);
}

void Memory::on_unwritten_written(std::function<void(std::uint32_t, std::uint32_t)> listener) {
  unwritten_written_ = std::move(listener);
}

void Memory::fill() {
  for (std::uint32_t offset = 0; offset < size; offset += 4) {
    const std::uint32_t word = power_on_word(offset / 4);
    std::memcpy(&bytes_[offset], &word, sizeof word);
  }
  tell_if_code(0, size);
}

// What was decoded from memory stays where its bytes are the same. What can only be read belongs to the flash
// chip, to the cache's table and to the ROM.
void Memory::archive_state(StateArchive& archive) {
  archive.derived(mapped_, reach_, open_);
  if (!archive.restores()) return archive.bytes({bytes_.get(), size});
  const std::span<const std::byte> kept = archive.next(size);
  for (std::uint32_t line = 0; line < size / line_size; ++line) {
    if ((line_flags_[line] & line_holds_code) == 0) continue;
    const std::uint32_t offset = line * line_size;
    if (std::memcmp(&bytes_[offset], &kept[offset], line_size) == 0) continue;
    if (code_written_) code_written_(offset, line_size);
  }
  std::memcpy(bytes_.get(), kept.data(), size);
}

}  // namespace ferry::board
