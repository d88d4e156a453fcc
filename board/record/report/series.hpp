// What happens again and again, in bounded memory: the first and the last are kept as they are, of those
// between only how many there were in each stretch of time.
#pragma once

#include "board/timeline.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace ferry::board::report {

// From when to when something was so; a moment ends when it starts.
struct Span {
  Time start = 0, end = 0;
};

// A stretch of time in which `count` spans started, and how much of it they took.
struct Merged : Span {
  std::uint64_t count = 0;
  Time covered = 0;
};

// How many of a series are kept one by one, and how many stretches the rest is merged into at most.
struct Limits {
  std::size_t first = 2000, last = 1000, merged = 2000;
};

// `Item` is a Span. Items are added when they are over.
template <class Item>
class Series {
 public:
  explicit Series(const Limits& limits = {}) : limits_(limits) {}

  void add(Item item) {
    ++count_;
    if (first_.size() < limits_.first) {
      first_.push_back(std::move(item));
      return;
    }
    last_.push_back(std::move(item));
    if (last_.size() <= limits_.last) return;
    merge(last_.front());
    last_.pop_front();
  }

  std::uint64_t count() const { return count_; }
  const std::vector<Item>& first() const { return first_; }
  const std::vector<Merged>& merged() const { return merged_; }
  const std::deque<Item>& last() const { return last_; }
  // No stretch among merged() is longer than this, but for a single item that is.
  Time resolution() const { return resolution_; }

 private:
  void merge(const Span& span) {
    const Merged one{{span.start, span.end}, 1, span.end - span.start};
    if (!absorb(merged_, one)) merged_.push_back(one);
    while (merged_.size() > limits_.merged) {
      resolution_ *= 2;
      std::vector<Merged> coarser;
      for (const Merged& each : merged_)
        if (!absorb(coarser, each)) coarser.push_back(each);
      merged_ = std::move(coarser);
    }
  }

  // Into the last stretch, when both start in the same step of the resolution.
  bool absorb(std::vector<Merged>& stretches, const Merged& more) const {
    if (stretches.empty() || stretches.back().start / resolution_ != more.start / resolution_) return false;
    Merged& into = stretches.back();
    into.start = std::min(into.start, more.start);
    into.end = std::max(into.end, more.end);
    into.count += more.count;
    into.covered += more.covered;
    return true;
  }

  Limits limits_;
  std::uint64_t count_ = 0;
  std::vector<Item> first_;
  std::vector<Merged> merged_;
  std::deque<Item> last_;
  Time resolution_ = nanosecond;
};

}  // namespace ferry::board::report
