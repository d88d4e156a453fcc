// Firmware from an ELF file: 32-bit RISC-V executables whose segments lie in SRAM, RTC memory or the flash
// windows.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <expected>
#include <span>

namespace ferry::board {

// Checks everything before it copies anything. A segment goes to its virtual address, as esptool and espflash
// do.
std::expected<Image, ImageError> parse_elf(std::span<const std::byte> file);

}  // namespace ferry::board
