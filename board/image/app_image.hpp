// An application image as Espressif's boot loaders read it: a header, segments, a checksum, a SHA-256
// (ESP-IDF's esp_app_format.h and esp_image_format.c, fact sheet 8.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace ferry::board {

inline constexpr std::byte app_image_magic{0xE9};

struct AppSegment {
  std::uint32_t address = 0;  // where it is loaded or seen; 0: padding
  std::uint32_t offset = 0;   // of its bytes in the image
  std::uint32_t size = 0;
};

struct AppImage {
  std::uint32_t entry = 0;
  std::uint32_t flash_size = 0;  // what the header says about the chip
  std::uint32_t size = 0;        // of everything, checksum and hash included
  std::vector<AppSegment> segments;
};

// Reads the image that `bytes` begin with, which may go on behind it, and checks everything that the boot
// loaders check: chip, revision, checksum, hash. An error is one line without a full stop.
std::expected<AppImage, std::string> parse_app_image(std::span<const std::byte> bytes);

}  // namespace ferry::board
