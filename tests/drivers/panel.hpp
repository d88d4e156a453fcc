// A display's driver, all of it inlined: for tests of what is told of such functions.
#pragma once

#include "tests/watch/rig.hpp"

#include <span>

namespace panel {

[[gnu::always_inline]] inline void begin(std::span<std::byte> pixels, rig::Descriptor& list) {
  list = rig::sending(pixels.data(), static_cast<std::uint32_t>(pixels.size()));
  rig::start_out(0, list);
  rig::wait_for_fifo(0);
  rig::start_spi();
}

// One store each that no optimizer moves.
[[gnu::always_inline]] inline void dot(std::span<std::byte> pixels) {
  static_cast<volatile std::byte&>(pixels[3]) = std::byte{1};
}
[[gnu::always_inline]] inline void line(std::span<std::byte> pixels) {
  static_cast<volatile std::byte&>(pixels[9]) = std::byte{2};
}
[[gnu::always_inline]] inline void cursor(std::span<std::byte> pixels) {
  static_cast<volatile std::byte&>(pixels[12]) = std::byte{3};
}
[[gnu::always_inline]] inline void wipe(std::span<std::byte> pixels) {
  static_cast<volatile std::byte&>(pixels[20]) = std::byte{4};
}
[[gnu::always_inline]] inline void frame(std::span<std::byte> pixels) {
  dot(pixels);
  line(pixels);
  cursor(pixels);
  wipe(pixels);
}

}  // namespace panel
