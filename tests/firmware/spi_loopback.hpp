// What the SPI tests start from: a driver on the pins of the exercise, MOSI (GPIO4) wired to MISO (GPIO2).
#pragma once

#include "ferry/ferry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace loopback {

FERRY_MADE_LIVE inline ferry::spi::Master make_master(ferry::Peripherals& chip,
                                                      const ferry::spi::Config& config,
                                                      ferry::gpio::Pull miso_pull = ferry::gpio::Pull::none) {
  return ferry::spi::Master{std::move(chip.spi2), config}
      .with_sck(std::move(chip.gpio0))
      .with_mosi(std::move(chip.gpio4))
      .with_miso(std::move(chip.gpio2), miso_pull)
      .with_cs(std::move(chip.gpio5));
}

/// Bytes that differ from their neighbours and from round to round.
inline std::byte pattern(std::uint32_t index, std::uint32_t round) {
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
  std::uint32_t i = 0;
  while (i < bytes.size() && bytes[i] == value) ++i;
  return i;
}

/// What a receive buffer is filled with before.
inline constexpr std::byte untouched{0xEE};

inline void freshen(ferry::dma::RxBuffer& rx FERRY_BORROWS, ferry::dma::TxBuffer& tx FERRY_BORROWS,
                    std::uint32_t round) {
  rx.fill(untouched);
  tx.with([&](std::span<std::byte> bytes) { fill_pattern(bytes, round); });
}

/// The round's pattern of this length has been received, and not a byte more.
inline bool holds(ferry::dma::RxBuffer& rx FERRY_BORROWS, std::uint32_t length, std::uint32_t round) {
  return rx.received() == length && rx.with([&](std::span<std::byte> bytes) {
    return matching(bytes.first(length), round) == length &&
           leading(bytes.subspan(length), untouched) == bytes.size() - length;
  });
}

inline bool ended_with(const ferry::dma::Outcome& outcome, ferry::dma::Error error) {
  return !outcome && outcome.error() == error;
}

}  // namespace loopback
