// What the SPI programs start from. The wires: GPIO4 (MOSI) to GPIO2 (MISO); where edges are counted also
// GPIO0 (SCK) to GPIO6 and GPIO5 (CS) to GPIO7. Nothing else may be at these pins.
#pragma once

#include "ferry/ferry.hpp"
#include "tests/firmware/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace conformance {

using namespace ferry;
using namespace ferry::literals;

/// What a buffer has where nothing was received.
inline constexpr std::byte untouched{0xEE};

FERRY_MADE_LIVE inline spi::Master make_master(Peripherals& chip, const spi::Config& config,
                                               gpio::Pull miso_pull = gpio::Pull::none) {
  return spi::Master{std::move(chip.spi2), config}
      .with_sck(std::move(chip.gpio0))
      .with_mosi(std::move(chip.gpio4))
      .with_miso(std::move(chip.gpio2), miso_pull)
      .with_cs(std::move(chip.gpio5));
}

/// Bytes that differ from their neighbours, from round to round, and at distances of 256 and a descriptor.
constexpr std::byte pattern(std::uint32_t index, std::uint32_t round) {
  return static_cast<std::byte>(index % 251 + round * 17 + (index >> 8));
}
inline void fill_pattern(std::span<std::byte> bytes, std::uint32_t round) {
  for (std::uint32_t i = 0; i < bytes.size(); ++i) bytes[i] = pattern(i, round);
}
/// The first index at which the bytes are not the pattern, or their number.
inline std::uint32_t matching(std::span<const std::byte> bytes, std::uint32_t round) {
  std::uint32_t i = 0;
  while (i < bytes.size() && bytes[i] == pattern(i, round)) ++i;
  return i;
}
/// How many bytes from the start have this value.
inline std::uint32_t leading(std::span<const std::byte> bytes, std::byte value) {
  const auto end = std::ranges::find_if(bytes, [value](std::byte byte) { return byte != value; });
  return static_cast<std::uint32_t>(end - bytes.begin());
}
inline bool all(std::span<const std::byte> bytes, std::byte value) {
  return leading(bytes, value) == bytes.size();
}

}  // namespace conformance
