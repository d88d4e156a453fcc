// A file with firmware, of any kind: its content tells which.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>

namespace ferry::board {

// An ELF file; an application image (esptool's elf2image, espflash's save-image), which is put into flash
// behind a partition table with nothing else in it; or all of a flash chip (a merged image), from which the
// board boots. Checks everything before it copies anything.
std::expected<Image, ImageError> parse_firmware(std::span<const std::byte> file);

// parse_firmware on a file's content.
std::expected<Image, ImageError> load_firmware(const std::filesystem::path& path);

}  // namespace ferry::board
