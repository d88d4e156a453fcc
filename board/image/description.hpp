// What a program says about itself: ESP-IDF's application descriptor (esp_app_format: esp_app_desc.h), which
// esp-hal's programs have, too.
#pragma once

#include "board/image/image.hpp"

#include <cstddef>
#include <span>

namespace ferry::board {

// From the program's first bytes in the flash data window. Empty when they are not a descriptor.
Description read_description(std::span<const std::byte> bytes);

}  // namespace ferry::board
