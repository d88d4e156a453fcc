// What the test asks the firmware for, and the memory it happens in. Both sides include this: the layout is
// that of the chip, 32-bit words and bytes.
#pragma once

#include "tests/conformance/properties/channel_settings.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace properties {

enum class Form : std::uint32_t {
  full_duplex,        // scatter and gather
  in_place,           //
  write,              // gather
  read,               // scatter
  half_duplex_write,  //
  half_duplex_read,   //
  copy,               // from memory to memory, gather to scatter
  by_the_cpu,         // full duplex of the first pieces
};
inline constexpr std::uint32_t form_count = 8;

enum class End : std::uint32_t { by_itself, cancelled, by_a_deadline, dropped };

// How an operation by DMA is begun.
enum class Start : std::uint32_t {
  at_once,
  prepared,        // spi::prepare and its like; then the same once more for as long as `again` is set
  with_own_lists,  // of dma::prepare, in full duplex and in copies; again as above
  in_parts,        // the pieces are appended one by one; where both directions have some, as much of each
};

// A part of one of the three arrays of a direction.
struct Piece {
  std::uint32_t offset, length;
};

struct Request {
  Form form;
  std::uint32_t rx_length, tx_length;  // of the transfer; for one direction, in place and copies: rx_length
  std::array<Piece, 3> rx, tx;         // receiving knows no offset
  ChannelSettings channel;
  std::uint32_t mode, frequency;  // indices
  std::uint32_t lsb_first;
  std::uint32_t command_bits, address_bits, dummy_cycles;  // half duplex
  std::uint32_t phase_lines, data_lines;                   // spi::Lines
  End end;
  std::uint32_t microseconds;  // until then
  Start start;
  std::uint32_t loops;  // the source is sent over and over
  std::uint32_t again;  // what was prepared for the request before
  std::uint32_t pause;  // microseconds before each part that is appended
  std::uint32_t holds;  // chip select, over all parts
  std::uint32_t crowd;  // another channel copies all the while: 1 with priority 0, 2 with 5
  std::uint32_t plain;  // of the pieces the last one alone, as the buffer that it is
  std::uint32_t stays;  // channel, mode, frequency and bit order are those of the request before
};

struct Answer {
  std::uint32_t succeeded;
  std::uint32_t error;  // of dma::Error
  std::uint32_t received;
};

// The same of a slave.
struct SlaveRequest {
  Form form;  // full_duplex, in_place, write or read
  std::uint32_t rx_length, tx_length;
  std::array<Piece, 3> rx, tx;
  ChannelSettings channel;
  std::uint32_t mode;
  std::uint32_t lsb_first;
};

struct SlaveAnswer {
  std::uint32_t succeeded;
  std::uint32_t error;
  std::uint32_t received;
  std::uint32_t length, sent, extra_bits;
};

inline constexpr std::uint32_t command_value = 0xA53C, address_value = 0x5AC3'96E1;
inline constexpr std::array<std::uint32_t, 5> frequencies{1'000'000, 4'000'000, 10'000'000, 20'000'000,
                                                          40'000'000};

// Arrays with guards between them; the second of each direction starts off a word's boundary, and the third
// has room for more than two of SPI's pieces, 32,736 bytes each.
struct alignas(4) Arena {
  std::array<std::byte, 64> guard0;
  std::array<std::byte, 3000> rx0;
  std::array<std::byte, 65> guard1;
  std::array<std::byte, 2501> rx1;
  std::array<std::byte, 62> guard2;
  std::array<std::byte, 70'003> rx2;
  std::array<std::byte, 61> guard3;
  std::array<std::byte, 70'000> in_place;
  std::array<std::byte, 64> guard4;
  std::array<std::byte, 3000> tx0;
  std::array<std::byte, 65> guard5;
  std::array<std::byte, 2501> tx1;
  std::array<std::byte, 62> guard6;
  std::array<std::byte, 70'003> tx2;
  std::array<std::byte, 61> guard7;
};
static_assert(offsetof(Arena, rx1) % 4 == 1 && offsetof(Arena, rx2) % 4 == 0 &&
              offsetof(Arena, in_place) % 4 == 0);
static_assert(offsetof(Arena, tx1) % 4 == 1);

inline constexpr std::array<std::size_t, 3> rx_places{offsetof(Arena, rx0), offsetof(Arena, rx1),
                                                      offsetof(Arena, rx2)};
inline constexpr std::array<std::size_t, 3> tx_places{offsetof(Arena, tx0), offsetof(Arena, tx1),
                                                      offsetof(Arena, tx2)};
inline constexpr std::array<std::uint32_t, 3> piece_sizes{3000, 2501, 70'003};
inline constexpr std::uint32_t in_place_size = 70'000;

}  // namespace properties
