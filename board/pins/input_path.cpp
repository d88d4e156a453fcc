#include "board/pins/input_path.hpp"

#include <bit>

namespace ferry::board {

InputPath::Pad::Pad(Timeline& timeline, InputPath& path, unsigned pin)
    : take_over{Event{timeline, [&path, pin] { path.take_over(pin, 0); }},
                Event{timeline, [&path, pin] { path.take_over(pin, 1); }},
                Event{timeline, [&path, pin] { path.take_over(pin, 2); }}} {}

InputPath::InputPath(Timeline& timeline, const Clocks& clocks, Pins& pins)
    : timeline_(timeline), clocks_(clocks), pins_(pins) {
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin)
    pads_[pin] = std::make_unique<Pad>(timeline, *this, pin);
  pins_.on_delayed_input([this](std::uint32_t pads, bool level) {
    for (; pads != 0; pads &= pads - 1) {
      const auto pin = static_cast<unsigned>(std::countr_zero(pads));
      pads_[pin]->level = level;
      feed(pin, 0, level);
    }
  });
}

void InputPath::archive_state(StateArchive& archive) {
  for (const auto& pad : pads_) archive(pad->config, pad->level, pad->held, pad->take_over);
}

void InputPath::configure(unsigned pin, const InputPathConfig& config) {
  Pad& pad = *pads_[pin];
  if (config == pad.config) return;
  const bool was_there = pad.config != InputPathConfig{}, is_there = config != InputPathConfig{};
  pad.config = config;
  for (Event& event : pad.take_over) event.cancel();
  if (!was_there) {
    // A path that comes in holds what the pad has.
    pad.level = pins_.level(pin);
    pad.held.fill(pad.level);
  }
  if (was_there != is_there) pins_.delay_input(pin, is_there);
  if (is_there) feed(pin, 0, pad.level);
}

bool InputPath::passed_by(const Pad& pad, std::size_t stage) const {
  if (stage == 0) return !pad.config.filter;
  return (stage == 1 ? pad.config.first : pad.config.second) == SampledOn::nothing;
}

// The next edge of the APB clock, which has its rising edges at the multiples of its period.
Time InputPath::next_edge(SampledOn edge) const {
  const Time period = clocks_.apb(), phase = edge == SampledOn::falling_edge ? period / 2 : 0;
  return (timeline_.now() + period - phase) / period * period + phase;
}

// A stage is given this level. A level that comes with the very edge is too late for it.
void InputPath::feed(unsigned pin, std::size_t stage, bool level) {
  Pad& pad = *pads_[pin];
  if (stage == stage_count) return pins_.set_delayed_input(pin, level);
  if (passed_by(pad, stage)) {
    pad.held[stage] = level;
    return feed(pin, stage + 1, level);
  }
  Event& event = pad.take_over[stage];
  if (stage == 0) {
    // The filter: a level counts when it has lasted for two cycles.
    event.cancel();
    if (level != pad.held[0]) event.after(2 * clocks_.apb());
  } else if (level != pad.held[stage] && !event.pending()) {
    event.at(next_edge(stage == 1 ? pad.config.first : pad.config.second));
  }
}

void InputPath::take_over(unsigned pin, std::size_t stage) {
  Pad& pad = *pads_[pin];
  const bool level = stage == 0 ? pad.level : pad.held[stage - 1];
  if (level == pad.held[stage]) return;
  pad.held[stage] = level;
  feed(pin, stage + 1, level);
}

}  // namespace ferry::board
