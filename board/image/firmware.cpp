#include "board/image/firmware.hpp"

#include "board/flash/flash_chip.hpp"
#include "board/image/app_image.hpp"
#include "board/image/elf.hpp"
#include "board/image/file.hpp"
#include "board/image/partition_table.hpp"
#include "board/image/second_stage.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace ferry::board {

namespace {

constexpr std::size_t largest_file = 256 * 1024 * 1024;  // of an ELF file: its debugging information counts
constexpr std::byte erased{0xFF};
constexpr std::byte elf_start{0x7F}, direct_boot_start{0x1D};
constexpr std::uint32_t application_address = 0x1'0000;

std::unexpected<ImageError> failed(std::string text) { return std::unexpected(ImageError{std::move(text)}); }

bool lies_in_ram(const Start& start) { return start.pages.empty(); }

// Whether the file goes on behind the image it begins with, as far as a partition table.
bool is_whole_flash(std::span<const std::byte> file) {
  if (!has_partition_table(file)) return false;
  const auto loader = parse_app_image(file);
  return !loader || loader->size <= partition_table_address;
}

// What differs from an erased chip.
std::vector<FlashPart> written_sectors(std::span<const std::byte> flash) {
  std::vector<FlashPart> parts;
  for (std::uint32_t start = 0; start < flash.size(); start += FlashChip::sector_size) {
    const auto sector = flash.subspan(start, FlashChip::sector_size);
    if (std::ranges::all_of(sector, [](std::byte byte) { return byte == erased; })) continue;
    if (parts.empty() || parts.back().address + parts.back().bytes.size() != start)
      parts.push_back({start, {}});
    parts.back().bytes.insert(parts.back().bytes.end(), sector.begin(), sector.end());
  }
  return parts;
}

std::expected<Image, ImageError> from_flash(std::vector<std::byte> flash) {
  auto start = start_from_flash(flash);
  if (!start) return failed(start.error());
  Image image;
  image.set_start(std::move(*start));
  image.boots_from_flash = true;
  image.flash_size = static_cast<std::uint32_t>(flash.size());
  image.flash = written_sectors(flash);
  return image;
}

// The size of a chip that holds `content` bytes, where the image's header says `declared`.
std::uint32_t chip_size(std::size_t content, std::uint32_t declared) {
  return std::max({declared, FlashChip::smallest, static_cast<std::uint32_t>(std::bit_ceil(content))});
}

std::expected<Image, ImageError> parse_flash(std::span<const std::byte> file) {
  const std::string limit = std::to_string(FlashChip::largest / 1024 / 1024) + " MiB";
  if (file.size() > FlashChip::largest) return failed("it is larger than the largest flash chip, " + limit);
  if (is_direct_boot(file) || is_whole_flash(file)) {
    const auto loader = parse_app_image(file);
    std::vector<std::byte> flash(file.begin(), file.end());
    flash.resize(chip_size(file.size(), loader ? loader->flash_size : 0), erased);
    return from_flash(std::move(flash));
  }
  const auto application = parse_app_image(file);
  if (!application) return failed(application.error());
  // Where it lies plays no part for what is copied to RAM, so 0 is as good as another place.
  std::vector<std::byte> flash;
  const auto alone = start_application(file, 0);
  if (!alone) return failed(alone.error());
  const bool ram_only = lies_in_ram(*alone);
  const std::size_t content = application->size + (ram_only ? 0u : application_address);
  if (content > FlashChip::largest)
    return failed("the image is larger than the largest flash chip, " + limit);
  flash.assign(chip_size(content, application->flash_size), erased);
  if (ram_only) {
    std::ranges::copy(file.first(application->size), flash.begin());
  } else {
    std::ranges::copy(default_partition_table(static_cast<std::uint32_t>(flash.size())),
                      flash.begin() + partition_table_address);
    std::ranges::copy(file.first(application->size), flash.begin() + application_address);
  }
  return from_flash(std::move(flash));
}

}  // namespace

std::expected<Image, ImageError> parse_firmware(std::span<const std::byte> file) {
  if (file.empty()) return failed("the file is empty");
  if (file.front() == app_image_magic || file.front() == direct_boot_start) return parse_flash(file);
  if (file.front() == elf_start) return parse_elf(file);
  return failed("neither an ELF file nor a flash image");
}

std::expected<Image, ImageError> load_firmware(const std::filesystem::path& path) {
  constexpr std::array starts{elf_start, app_image_magic, direct_boot_start};
  const auto bytes = read_file(path, largest_file, starts);
  if (!bytes) return std::unexpected(ImageError{bytes.error()});
  return parse_firmware(*bytes);
}

}  // namespace ferry::board
