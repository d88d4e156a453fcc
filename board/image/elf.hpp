// Firmware from an ELF file: 32-bit RISC-V executables whose segments lie in SRAM or RTC memory.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>

namespace ferry::board {

// Checks everything before it copies anything. A segment goes to its virtual address, as esptool and espflash
// do.
std::expected<Image, ImageError> parse_elf(std::span<const std::byte> file);

// parse_elf on a file's content.
std::expected<Image, ImageError> load_elf(const std::filesystem::path& path);

}  // namespace ferry::board
