#include "board/cpu/idle_script.hpp"

namespace ferry::board {

void LoopScript::begin() {
  entries_.clear();
  steps_.clear();
  pinned_ = 0;
  complete_ = true;
}

LoopScript::Sources LoopScript::enter(Entry::Kind kind, std::size_t index) {
  if (entries_.size() == most_entries) {
    give_up();
    return 0;
  }
  entries_.push_back({.kind = kind, .index = static_cast<std::uint32_t>(index)});
  return Sources{1} << (entries_.size() - 1);
}

void LoopScript::add(const Step& step) {
  if (step.sources == 0 || !complete_) return;
  if (steps_.size() == most_steps) return give_up();
  steps_.push_back(step);
}

void LoopScript::finish() {
  if ((pinned_ & counters) != 0) give_up();
  std::erase_if(steps_, [this](const Step& step) { return is_pinned(step.sources); });
  for (Step& step : steps_) {
    step.a.pinned = is_pinned(step.a.sources);
    step.b.pinned = is_pinned(step.b.sources);
  }
}

}  // namespace ferry::board
