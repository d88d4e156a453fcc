// What transfers consist of: halves of channels, bytes, descriptors with their buffers.
//
// Nothing here knows the board, but how Memory counts its bytes: extents are canonical, offsets there.
#pragma once

#include "board/memory.hpp"
#include "board/observer.hpp"

#include <cstdint>
#include <optional>

namespace ferry::board::watch {

// One direction of one channel.
struct Half {
  unsigned channel = 0;
  DmaDirection direction = DmaDirection::in;

  static constexpr unsigned count = 6;
  unsigned index() const { return 2 * channel + (direction == DmaDirection::out ? 1 : 0); }
  static Half at(unsigned index) {
    return {index / 2, index % 2 == 0 ? DmaDirection::in : DmaDirection::out};
  }
  DmaDirection opposite() const {
    return direction == DmaDirection::in ? DmaDirection::out : DmaDirection::in;
  }
  bool operator==(const Half&) const = default;
};

// Bytes, canonical.
struct Extent {
  std::uint32_t offset = 0, length = 0;
  std::uint32_t end() const { return offset + length; }
  bool meets(const Extent& other) const { return offset < other.end() && other.offset < end(); }
  bool contains(const Extent& other) const { return offset <= other.offset && other.end() <= end(); }
};

// Nothing when not all of it is memory of the CPU.
inline std::optional<Extent> extent_of(std::uint32_t address, std::uint32_t length) {
  if (length == 0) return std::nullopt;
  const auto offset = Memory::offset(address, length);
  return offset ? std::optional(Extent{*offset, length}) : std::nullopt;
}

// What is proved of a half's transfer: that so many of its pieces are done with, or all of it, as long as
// nothing further comes.
struct Proof {
  Half half;
  std::uint64_t transfer = 0;  // its number; 0: nothing
  std::uint32_t closed = 0, round = 0;
  bool all = false;
  bool operator==(const Proof&) const = default;
};

// What a transfer holds by one descriptor. Addresses as the descriptor states them.
struct Piece {
  std::uint32_t descriptor = 0, word0 = 0, buffer = 0, next = 0;
  std::uint32_t length = 0;  // in bytes: what is to be sent, or how much room there is
  std::uint32_t moved = 0;   // of it, in this round of a list that goes in circles
  std::uint32_t freed = 0;   // sending: of it, when it was released, should SPI go on with the rest
  std::uint32_t asked = 0;   // receiving: what the program wants of it, where that is less; 0: all
  std::uint32_t closed = 0;  // as the how manieth of the transfer, from 1 on; 0: not in this round
  bool returned = false;     // the engine has written the owner bit back
  bool released = false;     // the firmware has seen that it is done with
  // Its owner bit said CPU, when the channel checks that, or when it was linked in: not given to the engine
  // yet.
  bool withheld = false;
  bool held_ready = false;  // closed, and taken again behind a frame's end, for a further one
  bool handed = false;      // given to the engine again by a store, and not read by it since
  bool ends_frame = false;  // receiving: a frame has ended in it …
  Proof own, pair;          // … which proves this of the two halves

  // How long a descriptor is, and where its owner bit's byte and its link are.
  static constexpr std::uint32_t descriptor_bytes = 12, owner_byte = 3, next_word = 8;
};

// What of its buffer it holds until it is released.
inline std::optional<Extent> held_bytes(const Piece& piece) {
  return extent_of(piece.buffer + piece.freed, piece.length - piece.freed);
}

}  // namespace ferry::board::watch
