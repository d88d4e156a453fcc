// Simulated time and the queue of what will happen. The only place where time advances.
#pragma once

#include "board/state_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace ferry::board {

// Picoseconds since power-on: 64 bits last 213 days, and every clock of the chip has a whole period but two.
using Time = std::uint64_t;
inline constexpr Time never = ~Time{0};
inline constexpr Time nanosecond = 1'000, microsecond = 1'000'000, millisecond = 1'000'000'000;
inline constexpr Time second = 1'000'000'000'000;

class Timeline;

// Something a device will do. Owned by the device, pending at most once: scheduling it again moves it.
class Event {
 public:
  Event(Timeline& timeline, std::function<void()> action) : timeline_(timeline), action_(std::move(action)) {}
  ~Event() { cancel(); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void at(Time due);       // a time in the past means "as soon as time moves"
  void after(Time delay);  // counted from now
  void cancel();
  bool pending() const { return position_ != not_queued; }
  Time due() const { return due_; }
  // Of a device's events, behind the timeline's own state.
  void archive_state(StateArchive& archive);

 private:
  friend class Timeline;
  static constexpr std::size_t not_queued = ~std::size_t{0};

  Timeline& timeline_;
  std::function<void()> action_;
  Time due_ = never;
  std::uint64_t order_ = 0;
  std::size_t position_ = not_queued;
};

class Timeline {
 public:
  Timeline() = default;
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  Time now() const { return now_; }
  // When the next event is due, or `never`.
  Time next() const { return heap_.empty() ? never : heap_.front()->due_; }
  // Moves time forward and runs every event due up to and including `time`, in order of time and then of
  // scheduling.
  void advance_to(Time time);
  // How many events have run: what depends on nothing else is unchanged while this stands still.
  std::uint64_t events_run() const { return events_run_; }
  // Without the events, which their owners keep. Putting it back cancels them all.
  void archive_state(StateArchive& archive);

 private:
  friend class Event;
  static bool before(const Event& a, const Event& b) {
    return a.due_ != b.due_ ? a.due_ < b.due_ : a.order_ < b.order_;
  }
  void insert(Event& event);  // in its order
  void remove(Event& event);
  void place(Event& event, std::size_t position);
  void sift_up(std::size_t position);
  void sift_down(std::size_t position);

  Time now_ = 0;
  std::uint64_t next_order_ = 0;
  std::uint64_t events_run_ = 0;
  std::vector<Event*> heap_;
};

}  // namespace ferry::board
