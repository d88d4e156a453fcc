// The digital watchdog that the timer groups and RTC_CNTL each have one of: a counter and four stages
// (technical reference manual, 12.2).
//
// When the counter reaches the hold value of the current stage, the stage's action happens, the counter
// restarts at 0 and the next stage becomes current; stage 0 follows stage 3. Feeding returns to stage 0 with
// the counter at 0.
#pragma once

#include "board/timeline.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

namespace ferry::board {

enum class WatchdogAction : std::uint8_t { none, interrupt, cpu_reset, core_reset, system_reset };

struct WatchdogSettings {
  bool running = false;
  Time tick = 1;  // the counter's period
  std::array<std::uint64_t, 4> hold{};
  std::array<WatchdogAction, 4> action{};
};

class Watchdog {
 public:
  Watchdog(Timeline& timeline, std::function<void(WatchdogAction)> act)
      : timeline_(timeline), act_(std::move(act)), event_(timeline, [this] { expire(); }) {}

  // Takes new settings over without touching stage and count.
  void configure(const WatchdogSettings& settings) {
    settle();
    if (settings.tick != settings_.tick) since_ = timeline_.now();
    settings_ = settings;
    schedule();
  }
  void feed() {
    stage_ = 0;
    count_ = 0;
    since_ = timeline_.now();
    schedule();
  }
  // The count stays; its next tick is a full one.
  void restart_divider() {
    settle();
    since_ = timeline_.now();
    schedule();
  }
  void reset() {
    event_.cancel();
    settings_ = {};
    stage_ = 0;
    count_ = 0;
    since_ = timeline_.now();
  }
  Time next() const { return event_.pending() ? event_.due() : never; }
  void archive_state(StateArchive& archive) { archive(settings_, stage_, count_, since_, event_); }

 private:
  // Without any action nothing ever shows: then the counter need not be followed from stage to stage.
  bool counts() const {
    return settings_.running && std::ranges::any_of(settings_.action, [](WatchdogAction action) {
             return action != WatchdogAction::none;
           });
  }
  void settle() {
    const Time elapsed = timeline_.now() - since_;
    if (counts()) count_ += elapsed / settings_.tick;
    since_ = timeline_.now() - (counts() ? elapsed % settings_.tick : 0);
  }
  void schedule() {
    event_.cancel();
    if (!counts()) return;
    const std::uint64_t hold = std::max<std::uint64_t>(settings_.hold[stage_], 1);
    event_.at(count_ >= hold ? timeline_.now() : since_ + (hold - count_) * settings_.tick);
  }
  void expire() {
    const WatchdogAction action = settings_.action[stage_];
    stage_ = (stage_ + 1) % 4;
    count_ = 0;
    since_ = timeline_.now();
    schedule();
    if (action != WatchdogAction::none) act_(action);  // may reset all of this
  }

  Timeline& timeline_;
  std::function<void(WatchdogAction)> act_;
  WatchdogSettings settings_{};
  unsigned stage_ = 0;
  std::uint64_t count_ = 0;
  Time since_ = 0;
  Event event_;
};

}  // namespace ferry::board
