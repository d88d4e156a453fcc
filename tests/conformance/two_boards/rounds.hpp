// What the two boards do with each other: both programs go through the same list.
//
// Wires, from board to board: GPIO0 (SCK), GPIO4 (MOSI), GPIO2 (MISO), GPIO5 (CS), GPIO6 (the slave is
// armed), and ground.
#pragma once

#include "ferry/ferry.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace two_boards {

using namespace ferry::literals;

struct Round {
  ferry::spi::Frequency frequency;
  ferry::spi::Mode mode;
  std::uint32_t clocked;    // bytes that the master's transfer takes
  std::uint32_t rx_length;  // that the slave has room for
  std::uint32_t tx_length;  // that the slave has to send
};

inline constexpr std::uint32_t largest = 4200;

// Up to 2 MHz both CPUs poll during the transfer. At 3 MHz they sleep: while an instruction accesses a
// register, the board takes in no edges from another one (see LinkedBoards), and that comes near to half a
// clock there.
inline constexpr Round rounds[] = {
    {100_kHz, ferry::spi::Mode::_0, 32, 32, 32},     {100_kHz, ferry::spi::Mode::_3, 33, 33, 33},
    {1_MHz, ferry::spi::Mode::_0, 256, 256, 256},    {1_MHz, ferry::spi::Mode::_1, 255, 255, 255},
    {1_MHz, ferry::spi::Mode::_2, 257, 257, 257},    {1_MHz, ferry::spi::Mode::_3, 1, 1, 1},
    {2_MHz, ferry::spi::Mode::_0, 1000, 4200, 4200},  // the master takes less than there is
    {2_MHz, ferry::spi::Mode::_1, 300, 300, 100},     // zeros follow
    {2_MHz, ferry::spi::Mode::_0, 300, 100, 300},     // the slave has no room for the rest
    {2_MHz, ferry::spi::Mode::_2, 300, 0, 300},       // one direction
    {2_MHz, ferry::spi::Mode::_3, 300, 300, 0},       // the other one
    {3_MHz, ferry::spi::Mode::_0, 4097, 4097, 4097}, {3_MHz, ferry::spi::Mode::_1, 1000, 1000, 1000},
    {3_MHz, ferry::spi::Mode::_2, 1000, 1000, 1000}, {3_MHz, ferry::spi::Mode::_3, 4096, 4096, 4096},
};

constexpr bool sleeps(const Round& round) { return round.frequency.actual() > 2_MHz; }

constexpr ferry::Duration duration(const Round& round) {
  return ferry::Duration::microseconds(round.clocked * 8 * 1000 / (round.frequency.actual().value / 1000));
}

enum class From : std::uint8_t { master, slave };

/// What each side sends: different in every round, and from what the other one sends.
constexpr std::byte pattern(From from, std::uint32_t round, std::uint32_t index) {
  const std::uint32_t seed = from == From::master ? 0x35 : 0xC8;
  return static_cast<std::byte>(seed + round * 29 + index * 7 + (index >> 8));
}

inline void fill(std::span<std::byte> bytes, From from, std::uint32_t round) {
  for (std::uint32_t i = 0; i < bytes.size(); ++i) bytes[i] = pattern(from, round, i);
}

/// How many bytes from the start are the pattern.
inline std::uint32_t matching(std::span<const std::byte> bytes, From from, std::uint32_t round) {
  std::uint32_t i = 0;
  while (i < bytes.size() && bytes[i] == pattern(from, round, i)) ++i;
  return i;
}

}  // namespace two_boards
