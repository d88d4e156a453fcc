// What the test asks of a queue, step by step, and the memory it happens in. Both sides include this: the
// layout is that of the chip, 32-bit words and bytes.
#pragma once

#include "tests/conformance/properties/channel_settings.hpp"
#include "tests/conformance/properties/request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace properties {

// What goes into the queue: how much of its buffers is used, and how many bytes are asked for, or `all`.
struct QueueEntry {
  std::uint32_t room;  // of the buffer to receive into
  Piece tx;
  std::uint32_t length;
};

struct QueueRequest {
  Form form;  // full_duplex, in_place, write, read or copy
  ChannelSettings channel;
  std::uint32_t mode, frequency;  // indices
  std::uint32_t lsb_first;
  std::uint32_t holds;              // chip select, over all buffers
  std::uint32_t is_tight;           // lists of three descriptors; of a case's first request
  std::array<QueueEntry, 2> first;  // what it starts with
  // The same request, sent again, is an exchange, or the queue's end.
  QueueEntry next;
  std::uint32_t pause;     // microseconds before
  std::uint32_t asks;      // until it can exchange
  std::uint32_t patience;  // microseconds until a deadline, or `all` for none
  std::uint32_t ends;
  End end;
  std::uint32_t microseconds;  // until then
};

inline constexpr std::uint32_t all = 0xFFFF'FFFF;

// Three buffers of each kind, with guards between them, of which two are in the queue; the third has room
// for more than SPI's longest piece.
struct alignas(4) QueueArena {
  std::array<std::byte, 64> guard0;
  std::array<std::byte, 3001> rx0;
  std::array<std::byte, 63> guard1;
  std::array<std::byte, 5002> rx1;
  std::array<std::byte, 62> guard2;
  std::array<std::byte, 40'003> rx2;
  std::array<std::byte, 61> guard3;
  std::array<std::byte, 3000> in_place0;
  std::array<std::byte, 64> guard4;
  std::array<std::byte, 5000> in_place1;
  std::array<std::byte, 64> guard5;
  std::array<std::byte, 40'000> in_place2;
  std::array<std::byte, 64> guard6;
  std::array<std::byte, 3001> tx0;
  std::array<std::byte, 63> guard7;
  std::array<std::byte, 5002> tx1;
  std::array<std::byte, 62> guard8;
  std::array<std::byte, 40'003> tx2;
  std::array<std::byte, 61> guard9;
};
static_assert(offsetof(QueueArena, rx1) % 4 == 0 && offsetof(QueueArena, rx2) % 4 == 0 &&
              offsetof(QueueArena, in_place0) % 4 == 0);

// A buffer as it lies in the arena.
struct Slot {
  std::uint32_t place, size;
};
inline constexpr std::array<Slot, 3> rx_slots{{{offsetof(QueueArena, rx0), sizeof(QueueArena::rx0)},
                                               {offsetof(QueueArena, rx1), sizeof(QueueArena::rx1)},
                                               {offsetof(QueueArena, rx2), sizeof(QueueArena::rx2)}}};
inline constexpr std::array<Slot, 3> tx_slots{{{offsetof(QueueArena, tx0), sizeof(QueueArena::tx0)},
                                               {offsetof(QueueArena, tx1), sizeof(QueueArena::tx1)},
                                               {offsetof(QueueArena, tx2), sizeof(QueueArena::tx2)}}};
inline constexpr std::array<Slot, 3> in_place_slots{
    {{offsetof(QueueArena, in_place0), sizeof(QueueArena::in_place0)},
     {offsetof(QueueArena, in_place1), sizeof(QueueArena::in_place1)},
     {offsetof(QueueArena, in_place2), sizeof(QueueArena::in_place2)}}};

}  // namespace properties
