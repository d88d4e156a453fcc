#include "board/parts/led.hpp"

#include "board/record/time_text.hpp"

namespace ferry::board {

Led::Led(Placement& placement) : Part(placement) {
  attributes().ignore({"color", "lightColor", "label", "brightness", "gamma", "flip", "fps"});
  anode_.on_change([this](bool) { look(); });
  cathode_.on_change([this](bool) { look(); });
}

void Led::power_on() {
  lit_ = false;
  times_lit_ = 0;
  time_lit_ = 0;
  look();
}

void Led::look() {
  cathode_.pull(anode_.level() ? Pull::up : Pull::none);
  anode_.pull(cathode_.level() ? Pull::none : Pull::down);
  const bool lit = anode_.connected() && cathode_.connected() && anode_.level() && !cathode_.level();
  if (lit == lit_) return;
  lit_ = lit;
  if (lit) {
    ++times_lit_;
    lit_since_ = now();
  } else {
    time_lit_ += now() - lit_since_;
  }
  if (listener_) listener_(lit);
}

Time Led::time_lit() const { return time_lit_ + (lit_ ? now() - lit_since_ : 0); }

std::string Led::summary() const {
  if (times_lit_ == 0) return "dark throughout";
  return "lit " + std::to_string(times_lit_) + (times_lit_ == 1 ? " time, " : " times, ") +
         short_time_text(time_lit()) + " in all, " + (lit_ ? "lit" : "dark") + " at the end";
}

void Led::archive_state(StateArchive& archive) { archive(lit_, times_lit_, time_lit_, lit_since_); }

}  // namespace ferry::board
