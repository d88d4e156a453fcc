// The buffers of a queue in a channel's lists: which descriptors are whose, and which are free for the next.
//
// A list does not close to a circle, as in a stream (see ferry/dma/ring.hpp): it grows at its end, by
// descriptors that an older buffer had. The descriptor that GDMA read last is where RESTART begins. Which one
// that is shows only when the buffer behind it is done with, so those of the buffer that was given back last
// are not used again before that.
//
// The descriptors of a buffer lie together, so that it does not matter how many each of them takes.
//
// For the inside of the HAL.
#pragma once

#include "ferry/dma/descriptor.hpp"
#include "ferry/dma/engine.hpp"
#include "ferry/dma/error.hpp"
#include "ferry/dma/plan.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ferry::dma::detail {

/// Most buffers, or pairs of them, that are in a queue.
inline constexpr std::size_t most_queued = 8;

/// Descriptors that lie together: a buffer's part of a list.
struct Stretch {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;

  std::uint32_t end() const { return begin + count; }
};

class QueueLists {
 public:
  struct Entry {
    Stretch rx, tx;
    std::uint32_t length = 0;
  };

  /// Takes the channel's own lists, which hold nothing then. In force from the next reset_and_clear() on.
  void open(Engine& engine, bool receives, bool sends);
  /// Gives them back, when the channel is at rest.
  void close(Engine& engine);

  /// What is to be described behind everything else: the first `length` bytes of the plans, nullptr for a
  /// direction that is not there. What comes in frames of `frame` bytes gets a descriptor for each.
  struct Next {
    const Plan* rx;
    const Plan* tx;
    std::uint32_t length;
    std::uint32_t frame = 0;
  };
  /// Adds it. GDMA is not told. If it cannot be added, nothing has changed.
  std::optional<Error> add(const Engine& engine, const Next& next);
  /// The same, and the oldest one, which is done with, is given back.
  std::optional<Error> exchange(const Engine& engine, const Next& next);

  std::size_t count() const { return count_; }
  const Entry& entry(std::size_t index) const { return entries_[index]; }
  /// Bytes of this entry that are in memory, as far as GDMA has closed descriptors.
  std::uint32_t arrived(std::size_t index) const;
  /// Bytes of all entries that GDMA has read to be sent, descriptor by descriptor.
  std::uint32_t read() const;
  /// Whether all that the entry is received into has been closed.
  bool is_stored(std::size_t index) const;

 private:
  // One direction.
  struct Side {
    List* list = nullptr;
    std::uint32_t end = 0;   // behind the newest entry's last descriptor
    std::uint32_t last = 0;  // that descriptor
    bool any = false;        // there has been one
    Stretch kept{};          // of the entry that was given back last
  };
  // Free descriptors: behind the newest entry, or, where that reaches to the end of the list, at its start.
  std::span<Descriptor> room(const Side& side, Stretch Entry::* part, bool at_start, bool front_leaves) const;
  template <class Describe>
  std::optional<Error> place(const Side& side, Stretch Entry::* part, bool front_leaves, Stretch& found,
                             Describe describe) const;
  std::optional<Error> find_places(const Engine& engine, const Next& next, bool front_leaves,
                                   Entry& entry) const;
  void append(const Entry& entry);
  static void link(Side& side, Stretch added);
  static std::span<Descriptor> descriptors(const Side& side, Stretch part) {
    return {side.list->first + part.begin, part.count};
  }

  Side rx_, tx_;
  std::array<Entry, most_queued> entries_{};
  std::size_t count_ = 0;
};

}  // namespace ferry::dma::detail
