#include "board/image/second_stage.hpp"

#include "board/image/app_image.hpp"
#include "board/image/byte_order.hpp"
#include "board/image/crc.hpp"
#include "board/image/description.hpp"
#include "board/image/partition_table.hpp"
#include "board/image/text.hpp"
#include "board/memory.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::board {

namespace map = chip::memory_map;

namespace {

using Problem = std::optional<std::string>;

std::string text(const AppSegment& segment) {
  return "the image's segment for " + hex(segment.address) + " (" + std::to_string(segment.size) + " bytes)";
}

// Adds the pages through which a segment in flash is seen.
Problem map_segment(const AppSegment& segment, std::uint32_t image_address, std::vector<MappedPage>& pages) {
  const map::Region& window =
      map::flash_data.contains(segment.address) ? map::flash_data : map::flash_instruction;
  const std::uint32_t place = image_address + segment.offset;
  if (place % map::flash_page_size != segment.address % map::flash_page_size)
    return text(segment) + " lies at " + hex(place) + " in flash, which no page can show there";
  const std::uint32_t first = (segment.address - window.start) / map::flash_page_size;
  const std::uint32_t last = (segment.address - window.start + segment.size - 1) / map::flash_page_size;
  for (std::uint32_t page = first; page <= last; ++page) {
    const MappedPage mapped{.window = page, .flash = place / map::flash_page_size + page - first};
    const auto same = std::ranges::find(pages, page, &MappedPage::window);
    if (same == pages.end()) {
      pages.push_back(mapped);
    } else if (same->flash != mapped.flash) {
      return text(segment) + " needs page " + std::to_string(page) +
             " of the flash windows, which another segment has";
    }
  }
  return std::nullopt;
}

Problem check_overlap(const std::vector<Segment>& segments) {
  const auto range = [](const Segment& segment) {
    const std::uint32_t start = *Memory::offset(segment.address, segment.memory_size);
    return std::pair(start, start + segment.memory_size);
  };
  for (std::size_t one = 0; one < segments.size(); ++one) {
    for (std::size_t other = one + 1; other < segments.size(); ++other) {
      const auto [start, end] = range(segments[one]);
      const auto [other_start, other_end] = range(segments[other]);
      if (start < other_end && other_start < end) {
        return "the image's segments for " + hex(segments[one].address) + " and " +
               hex(segments[other].address) + " overlap";
      }
    }
  }
  return std::nullopt;
}

// `bytes` begin with the image, which lies at `address` of flash.
Problem place_segment(const AppSegment& segment, std::span<const std::byte> bytes, std::uint32_t address,
                      Start& start) {
  if (segment.address == 0 || segment.size == 0) return std::nullopt;
  const auto content = bytes.subspan(segment.offset, segment.size);
  if (map::flash_data.contains(segment.address, segment.size) ||
      map::flash_instruction.contains(segment.address, segment.size)) {
    const bool data = map::flash_data.contains(segment.address);
    if (data && start.description.project.empty()) start.description = read_description(content);
    return map_segment(segment, address, start.pages);
  }
  if (!Memory::offset(segment.address, segment.size))
    return text(segment) + " is not inside SRAM, RTC memory or a flash window";
  start.segments.push_back({.address = segment.address,
                            .bytes = {content.begin(), content.end()},
                            .memory_size = segment.size,
                            .executable = !map::sram1_data.contains(segment.address)});
  return std::nullopt;
}

bool holds_entry(const AppImage& image) {
  return std::ranges::any_of(image.segments, [&](const AppSegment& segment) {
    return !map::sram1_data.contains(segment.address) && !map::flash_data.contains(segment.address) &&
           image.entry - segment.address < segment.size;
  });
}

// One half of the OTA data: which slot was chosen last, and whether that choice is valid.
struct OtaChoice {
  std::uint32_t sequence = 0, state = 0;
  bool valid = false;
};

OtaChoice read_choice(std::span<const std::byte> sector) {
  constexpr std::uint32_t state_invalid = 3, state_aborted = 4;
  OtaChoice choice{.sequence = word_at(sector, 0), .state = word_at(sector, 24), .valid = false};
  choice.valid = choice.sequence != ~0u && choice.sequence != 0 && choice.state != state_invalid &&
                 choice.state != state_aborted && word_at(sector, 28) == crc32(sector.first(4), ~0u);
  return choice;
}

// The slot that OTA data chooses among so many, or nothing.
std::optional<std::size_t> chosen_slot(std::span<const std::byte> flash, const Partition& data,
                                       std::size_t slots) {
  constexpr std::uint32_t sector = 0x1000;
  if (data.size < 2 * sector || slots == 0) return std::nullopt;
  const OtaChoice one = read_choice(flash.subspan(data.address, 32)),
                  other = read_choice(flash.subspan(data.address + sector, 32));
  if (!one.valid && !other.valid) return std::nullopt;
  const std::uint32_t sequence = std::max(one.valid ? one.sequence : 0, other.valid ? other.sequence : 0);
  return (sequence - 1) % slots;
}

// In the order in which the second stage tries them: what OTA data chooses, slots before it, the factory's,
// slots behind it, and the test application, which only a pad could choose before (ESP-IDF's
// bootloader_utility.h; its default configuration has no such pad).
std::vector<Partition> candidates(std::span<const std::byte> flash, const std::vector<Partition>& table) {
  std::vector<Partition> slots;
  std::optional<Partition> factory, test, ota_data;
  for (const Partition& partition : table) {
    const bool application = partition.type == Partition::application;
    if (application && partition.subtype == Partition::factory) factory = partition;
    if (application && partition.subtype == Partition::test) test = partition;
    if (application && partition.subtype >= Partition::ota_first && partition.subtype < Partition::ota_end)
      slots.push_back(partition);
    if (partition.type == Partition::data && partition.subtype == Partition::ota_data) ota_data = partition;
  }
  std::ranges::sort(slots, {}, &Partition::subtype);
  std::vector<Partition> order;
  const auto chosen = ota_data ? chosen_slot(flash, *ota_data, slots.size()) : std::nullopt;
  if (chosen)
    for (std::size_t slot = *chosen + 1; slot-- > 0;) order.push_back(slots[slot]);
  if (factory) order.push_back(*factory);
  for (std::size_t slot = chosen ? *chosen + 1 : 0; slot < slots.size(); ++slot) order.push_back(slots[slot]);
  if (test) order.push_back(*test);
  return order;
}

Start direct_boot() {
  constexpr std::uint32_t pages = 64;  // 4 MiB
  Start start;
  start.entry = map::flash_instruction.start + 8;
  for (std::uint32_t page = 0; page < pages; ++page) start.pages.push_back({.window = page, .flash = page});
  return start;
}

}  // namespace

bool is_direct_boot(std::span<const std::byte> flash) {
  constexpr std::uint32_t magic = 0xAEDB'041D;
  return flash.size() >= 12 && word_at(flash, 0) == magic && word_at(flash, 4) == magic;
}

std::expected<Start, std::string> start_application(std::span<const std::byte> flash, std::uint32_t address) {
  const auto bytes = flash.subspan(address);
  const auto image = parse_app_image(bytes);
  if (!image) return std::unexpected(image.error());
  if (!holds_entry(*image)) {
    return std::unexpected("the image's entry point " + hex(image->entry) +
                           " is not in one of its segments of code");
  }
  Start start;
  start.entry = image->entry;
  for (const AppSegment& segment : image->segments)
    if (auto problem = place_segment(segment, bytes, address, start))
      return std::unexpected(std::move(*problem));
  if (auto problem = check_overlap(start.segments)) return std::unexpected(std::move(*problem));
  std::ranges::sort(start.segments, {}, &Segment::address);
  start.second_stage = !start.pages.empty();
  return start;
}

std::expected<Start, std::string> start_from_flash(std::span<const std::byte> flash) {
  if (is_direct_boot(flash)) return direct_boot();
  if (!has_partition_table(flash)) return start_application(flash, 0);
  // An image that somebody put into flash without a boot loader starts as if there were one.
  if (const auto loader = parse_app_image(flash); !loader && flash[0] != std::byte{0xFF})
    return std::unexpected("the boot loader at 0 does not start: " + loader.error());
  const auto table = read_partition_table(flash);
  if (!table) return std::unexpected(table.error());
  std::vector<std::string> remarks;
  for (const Partition& partition : candidates(flash, *table)) {
    const auto content = flash.first(partition.address + partition.size);
    auto start = start_application(content, partition.address);
    if (start) {
      remarks.insert(remarks.end(), start->remarks.begin(), start->remarks.end());
      start->remarks = std::move(remarks);
      return start;
    }
    remarks.push_back("partition " + in_quotes(partition.label) + " does not start: " + start.error());
  }
  if (remarks.empty()) return std::unexpected("the partition table names no application");
  return std::unexpected(remarks.front());
}

}  // namespace ferry::board
