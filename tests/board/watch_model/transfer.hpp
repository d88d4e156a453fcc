// What the reference keeps of one transfer.
//
// What a transfer holds by one descriptor is a holding, with a number that is never used again: a descriptor
// that comes round a second time, or whose rest a further frame takes, is another one. So a fact, such as
// what a status bit says, is a set of numbers, and what is stale proves nothing by itself.
#pragma once

#include "board/timeline.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ferry::board::watch::random {

// Halves of channels: even numbers receive.
inline bool receives(unsigned half) { return half % 2 == 0; }

using Number = unsigned;
struct Holding {
  Number number = 0;
  std::uint32_t descriptor = 0, buffer = 0, length = 0, next = 0;
  std::uint32_t wanted = 0;  // received bytes that the program asks for; 0: all that there is room for
  std::uint32_t moved = 0;
  std::uint32_t read = 0;  // sent: of it, and known to be, before SPI went on with the rest
  std::uint32_t moved_when_given_back = 0;
  bool ends_frame = false;  // sent
  bool had_owner = false, closed = false, returned = false;
  bool handed = false;  // again, by a store, and not read by the engine since
  bool waits = false;   // closed, and taken again for a further frame that has not begun
  // The CPU's by its owner bit, on a channel that checks it: not the engine's before that bit is set.
  bool withheld = false;
};

// These are done with; and these transfers as a whole, as long as nothing further of them comes.
struct End {
  unsigned half = 0;
  Time started = 0;
  unsigned round = 0;
  auto operator<=>(const End&) const = default;
};
struct Fact {
  std::set<Number> done;
  std::set<End> ends;
};

// Of one half of a channel.
struct HalfTransfer {
  Time started = 0;
  std::uint32_t pc = 0, peripheral = 0;
  bool to_memory = false, ended = false, between_frames = false, stopped = false;
  bool halted = false;        // by an error
  bool end_is_known = false;  // what the engine holds ready for something further is the program's till then
  unsigned round = 0;
  bool spi_is_known = false, pair_is_known = false;  // to be done, while this one is not
  Fact sent;                                         // which says that this is done with, once the pair is
  Fact seen_since_stop;                              // and would have said, had there been no STOP
  bool on_purpose = false, outlived_frame = false;
  std::vector<Holding> holdings;
  std::optional<std::size_t> current;
  std::uint32_t goes_to = 0;          // from there, by the link as the engine has read it
  std::vector<Number> closed;         // in order
  std::map<Number, Fact> frame_ends;  // closed with a frame's end: what the descriptor's first word says
  std::size_t times_sent = 0;         // that OUT_DONE rose
  std::map<std::uint32_t, std::uint32_t> added;  // where a descriptor got a successor, before RESTART
  // Where the descriptor that the engine has at hand was stored to: too late for a further frame.
  std::optional<std::uint32_t> edited;
  bool edited_link_only = false;  // which RESTART mends

  // The engine goes on with this list as soon as there is a further frame.
  bool awaits_frame() const;
  // SPI goes on with what it had left of this list when it is asked to send more.
  bool is_left_over(unsigned half) const { return !receives(half) && between_frames; }
  // Whoever knows of the last frame's end has this until something further comes.
  bool is_lent(unsigned half, const Holding& holding) const;
  // It has read this descriptor for that frame already.
  bool is_at_hand(const Holding& holding) const;

  // The descriptors that it comes to, as far as the links are known.
  std::set<std::uint32_t> way() const;
  bool is_on_way(const Holding& holding) const { return way().contains(holding.descriptor); }
  bool is_current(const Holding& holding) const { return current && &holding == &holdings[*current]; }
  // A list that comes round is there to be filled on: a frame's end is not the end of it.
  bool is_in_circle(const Holding& holding) const;
  bool has_circle() const;
};

}  // namespace ferry::board::watch::random
