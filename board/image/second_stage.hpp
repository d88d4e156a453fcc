// What the boot loaders do with a flash chip's content: choose the application and say where its parts go.
// Our own code answers for ESP-IDF's second stage, which lies in flash and is not executed.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace ferry::board {

// How to start the application at `address` of a flash chip with this content.
std::expected<Start, std::string> start_application(std::span<const std::byte> flash, std::uint32_t address);

// How a chip with this content starts: the application that the partition table and the OTA data choose; a
// direct boot; or, without a partition table, an image at 0 that has all of itself in RAM. An error is one
// line without a full stop.
std::expected<Start, std::string> start_from_flash(std::span<const std::byte> flash);

// Whether the flash starts with what the boot ROM takes for a direct boot.
bool is_direct_boot(std::span<const std::byte> flash);

}  // namespace ferry::board
