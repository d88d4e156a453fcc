// What a data input was a while ago: the flip-flops of the timing module (manual, 27.8) show the past.
#pragma once

#include "board/state_archive.hpp"
#include "board/timeline.hpp"

#include <vector>

namespace ferry::board::spi2 {

class InputHistory {
 public:
  // Longer than any delay: four periods of the slowest clocks and one more.
  static constexpr Time reach = microsecond;

  // Forgets; the level is taken for that of all time before.
  void start(bool level) {
    before_ = level;
    changes_.clear();
  }
  void change(Time now, bool level) {
    std::size_t old = 0;
    while (old < changes_.size() && changes_[old].time + reach < now) before_ = changes_[old++].level;
    changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(old));
    changes_.push_back({now, level});
  }
  // The level that was there before what happened at `time` itself.
  bool at(Time time) const {
    bool level = before_;
    for (const Change& change : changes_) {
      if (change.time >= time) break;
      level = change.level;
    }
    return level;
  }
  void archive_state(StateArchive& archive) { archive(before_, changes_); }

 private:
  struct Change {
    Time time;
    bool level;
  };
  bool before_ = false;
  std::vector<Change> changes_;
};

}  // namespace ferry::board::spi2
