#include "board/image/flash_layout.hpp"

#include "board/image/partition_table.hpp"
#include "board/image/text.hpp"
#include "chip/esp32c3/memory_map.hpp"

#include <algorithm>
#include <bit>

namespace ferry::board {

namespace map = chip::memory_map;

std::optional<std::string> FlashLayout::add(std::uint32_t address, std::span<const std::byte> bytes) {
  const map::Region& window = map::flash_data.contains(address) ? map::flash_data : map::flash_instruction;
  std::uint32_t offset = address - window.start;
  while (!bytes.empty()) {
    Page& page = pages_[offset / map::flash_page_size];
    if (page.bytes.empty()) {
      page.bytes.assign(map::flash_page_size, std::byte{0xFF});
      page.taken.assign(map::flash_page_size, false);
    }
    const std::uint32_t start = offset % map::flash_page_size;
    const std::size_t count = std::min<std::size_t>(bytes.size(), map::flash_page_size - start);
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t place = start + index;
      if (page.taken[place] && page.bytes[place] != bytes[index]) {
        const auto where = offset + static_cast<std::uint32_t>(index);
        return "two segments give different bytes for the flash page that is seen at " +
               hex(map::flash_instruction.start + where) + " and at " + hex(map::flash_data.start + where);
      }
      page.bytes[place] = bytes[index];
      page.taken[place] = true;
    }
    bytes = bytes.subspan(count);
    offset += static_cast<std::uint32_t>(count);
  }
  return std::nullopt;
}

void FlashLayout::finish(Image& image) const {
  if (empty()) return;
  const std::uint32_t last = pages_.rbegin()->first + 1;
  image.flash_size = std::max(image.flash_size, std::bit_ceil((last + 1) * map::flash_page_size));
  image.second_stage = true;
  image.flash.push_back({partition_table_address, default_partition_table(image.flash_size)});
  for (const auto& [number, page] : pages_) {
    image.flash.push_back({(number + 1) * map::flash_page_size, page.bytes});
    image.pages.push_back({.window = number, .flash = number + 1});
  }
}

}  // namespace ferry::board
