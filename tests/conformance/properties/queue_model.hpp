// A queue as it has to be: what goes in and comes out, in memory and on the wires.
#pragma once

#include "tests/conformance/properties/memory.hpp"
#include "tests/conformance/properties/queue_bench.hpp"
#include "tests/conformance/properties/queue_request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace properties {

// Also where it is rounded down to whole words.
inline constexpr std::uint32_t of_one_descriptor = 4092;

// Beside the one on the board.
class QueueModel {
 public:
  // With bytes by chance in the whole arena. The request is asked again and again, and changed in between.
  QueueModel(QueueBench& bench, const QueueRequest& request, std::uint32_t seed, std::size_t first_slot)
      : bench_(bench),
        request_(request),
        next_slot_(first_slot),
        memory_(random_looking(seed, sizeof(QueueArena))) {
    bench_.fill(memory_);
  }

  void start();

  // One exchange, with other bytes in the buffers that go in.
  void exchange(std::uint32_t seed);

  // Where the next entry lies.
  std::size_t next_slot() const { return next_slot_; }

  // Gives the slot that the next queue begins with.
  std::size_t end();

 private:
  // One that is in the queue.
  struct Entry {
    std::size_t slot;
    Bytes received;  // what is to come in; nothing where nothing is received
    std::uint32_t length;
  };

  const std::array<Slot, 3>& into() const {
    return request_.form == Form::in_place ? in_place_slots : rx_slots;
  }
  const std::array<Slot, 3>& from() const {
    return request_.form == Form::in_place ? in_place_slots : tx_slots;
  }

  // Bytes that are asked for.
  std::uint32_t length_of(const QueueEntry& entry) const;
  // What is wrong with an entry for the next slot, by the name of dma::Error.
  std::string_view fault_of(const QueueEntry& entry) const;

  // With three descriptors there is room for three buffers of one each: two in the queue, and the one that
  // came out last. Where one takes more, it depends on how they lie.
  bool has_room_for(std::uint32_t length) const;

  void put_in(const QueueEntry& entry);

  // The program's own buffers have other bytes.
  void renew(std::uint32_t seed);

  // Whether the first `count` bytes of what it was to receive are there, perhaps more, and nothing else.
  void check_received(const Entry& entry, const Bytes& after, std::size_t count);
  void check_untouched(std::size_t index, const Bytes& after) const;
  void check_memory_at_end(std::size_t received, bool early);

  void check_wire(std::size_t told, bool early) const;

  QueueBench& bench_;
  const QueueRequest& request_;
  std::size_t next_slot_;
  Bytes memory_;            // what is to be in the arena, but for what is under way
  std::string_view error_;  // the queue's end from the start
  std::deque<Entry> entries_;
  std::uint32_t kept_ = 0;  // length of the one that came out last, of those with bytes
  std::size_t out_ = 0;     // bytes of those that have come out
  Bytes expected_wire_;
  unsigned not_empty_ = 0;  // entries with bytes
};

}  // namespace properties
