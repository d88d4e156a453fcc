#include "board/timeline.hpp"

#include <algorithm>

namespace ferry::board {

void Event::at(Time due) {
  if (pending()) timeline_.remove(*this);
  due_ = std::max(due, timeline_.now());
  order_ = timeline_.next_order_++;
  timeline_.insert(*this);
}

void Event::after(Time delay) { at(timeline_.now() + delay); }

void Event::cancel() {
  if (pending()) timeline_.remove(*this);
}

void Event::archive_state(StateArchive& archive) {
  archive.derived(position_);
  if (archive.restores()) cancel();
  bool queued = pending();
  archive(queued, due_, order_);
  if (archive.restores() && queued) timeline_.insert(*this);
}

void Timeline::archive_state(StateArchive& archive) {
  archive.derived(heap_);
  if (archive.restores()) {
    for (Event* event : heap_) event->position_ = Event::not_queued;
    heap_.clear();
  }
  archive(now_, next_order_, events_run_);
}

void Timeline::advance_to(Time time) {
  while (!heap_.empty() && heap_.front()->due_ <= time) {
    Event& event = *heap_.front();
    now_ = std::max(now_, event.due_);
    remove(event);
    ++events_run_;
    event.action_();
  }
  now_ = std::max(now_, time);
}

void Timeline::insert(Event& event) {
  heap_.push_back(&event);
  event.position_ = heap_.size() - 1;
  sift_up(event.position_);
}

void Timeline::remove(Event& event) {
  const std::size_t position = event.position_;
  Event* last = heap_.back();
  heap_.pop_back();
  event.position_ = Event::not_queued;
  if (last == &event) return;
  place(*last, position);
  sift_up(position);
  sift_down(last->position_);
}

void Timeline::place(Event& event, std::size_t position) {
  heap_[position] = &event;
  event.position_ = position;
}

void Timeline::sift_up(std::size_t position) {
  Event& event = *heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!before(event, *heap_[parent])) break;
    place(*heap_[parent], position);
    position = parent;
  }
  place(event, position);
}

void Timeline::sift_down(std::size_t position) {
  Event& event = *heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], event)) break;
    place(*heap_[child], position);
    position = child;
  }
  place(event, position);
}

}  // namespace ferry::board
