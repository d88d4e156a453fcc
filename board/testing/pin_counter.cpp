#include "board/testing/pin_counter.hpp"

#include <stdexcept>
#include <string>

namespace ferry::board {

PinCounter::PinCounter(Board& board, unsigned pin) : board_(board), pin_(pin) {
  if (pin >= chip::gpio_count) throw std::out_of_range("there is no GPIO" + std::to_string(pin));
  restart();
  board_.observers().add(*this, Observers::only(Topic::pins));
}

PinCounter::~PinCounter() { board_.observers().remove(*this); }

Time PinCounter::high_time() const { return high_time_ + (level_ ? board_.now() - high_since_ : 0); }

void PinCounter::restart() {
  level_ = board_.pins().level(pin_);
  rising_ = falling_ = 0;
  first_edge_ = last_edge_ = never;
  high_time_ = 0;
  high_since_ = board_.now();
}

void PinCounter::pin_changed(unsigned pin, bool level) {
  // A new wire tells all of its pads, those too that had this level before.
  if (pin != pin_ || level == level_) return;
  const Time now = board_.now();
  level_ = level;
  if (level) {
    ++rising_;
    high_since_ = now;
  } else {
    ++falling_;
    high_time_ += now - high_since_;
  }
  if (first_edge_ == never) first_edge_ = now;
  last_edge_ = now;
}

}  // namespace ferry::board
