#include "board/parts/spi_port.hpp"

namespace ferry::board {

SpiPort::SpiPort(SpiHandler& handler, Terminal& select, Terminal& clock, std::array<Terminal*, 4> data)
    : handler_(handler), select_(select), clock_(clock), data_(data) {
  select_.on_change([this](bool level) { select_changed(level); });
  clock_.on_change([this](bool level) { clock_changed(level); });
}

void SpiPort::set_mode(unsigned mode) { reads_at_rising_ = mode == 0 || mode == 3; }

void SpiPort::power_on() {
  is_selected_ = false;
  paused_ = false;
  let_go();
  select_changed(select_.level());
}

void SpiPort::select_changed(bool level) {
  const bool active = level == select_active_high_;
  if (active == is_selected_) return;
  is_selected_ = active;
  if (active) {
    begin(handler_.selected());
    put();
  } else {
    let_go();
    handler_.deselected(bit_);
  }
}

void SpiPort::clock_changed(bool level) {
  if (!is_selected_ || paused_) return;
  level == reads_at_rising_ ? sample() : put();
}

void SpiPort::begin(const SpiWord& word) {
  word_ = word;
  bit_ = 0;
  received_ = 0;
}

// Shows the bits that the next edge reads. Between two words a line keeps its level until this edge.
void SpiPort::put() {
  if (!word_.drives) return let_go();
  const unsigned shift = word_.bits - bit_ - word_.lines;
  if (word_.lines == 1) {
    if (data_[1] != nullptr) data_[1]->drive((word_.value >> shift & 1) != 0);
    return;
  }
  for (unsigned line = 0; line < word_.lines; ++line)
    if (data_[line] != nullptr) data_[line]->drive((word_.value >> (shift + line) & 1) != 0);
}

void SpiPort::sample() {
  if (word_.lines == 1) {
    received_ = received_ << 1 | (data_[0] != nullptr && data_[0]->level() ? 1u : 0u);
  } else if (!word_.drives) {
    for (unsigned line = word_.lines; line-- > 0;)
      received_ = received_ << 1 | (data_[line] != nullptr && data_[line]->level() ? 1u : 0u);
  }
  bit_ += word_.lines;
  if (bit_ < word_.bits) return;
  begin(handler_.exchanged(received_));
}

void SpiPort::let_go() {
  for (Terminal* line : data_)
    if (line != nullptr) line->release();
}

void SpiPort::pause(bool paused) {
  if (paused_ == paused) return;
  paused_ = paused;
  if (paused) {
    let_go();
  } else if (is_selected_) {
    put();
  }
}

void SpiPort::archive_state(StateArchive& archive) { archive(is_selected_, paused_, word_, bit_, received_); }

}  // namespace ferry::board
