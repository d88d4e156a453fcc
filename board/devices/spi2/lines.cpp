// What SPI2's pins show.
#include "board/devices/spi2/spi2.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/signals.hpp"

namespace ferry::board {

namespace regs = chip::spi2;
namespace signal = chip::signal;

namespace {

constexpr unsigned select_lines = 6;
static_assert(regs::Misc::cs0_dis.lsb == 0 && regs::Misc::cs5_dis.lsb == select_lines - 1);

}  // namespace

// Between transfers: the clock on its idle level, chip selects inactive, data lines on the levels of
// CTRL.*_POL. As a slave the peripheral does not drive clock, select and D at all.
void Spi2::drive_idle_levels() {
  const bool master = !slave_mode();
  if (master ? state_ != State::idle && state_ != State::starting : slave_.active()) return;
  pins_.enable_output(signal::fspiclk, master);
  for (unsigned line = 0; line < select_lines; ++line) pins_.enable_output(signal::fspics0 + line, master);
  if (!selected_) select(false);
  pins_.drive(signal::fspiclk, active_.idle_high());
  // While chip select is kept active the other side may still drive the lines that it was read from.
  if (!selected_ || !master) enable_data_lines(master ? spi2::idle_drives : std::uint8_t{0});
  drive_unused_lines(0);
}

// MASTER_CS_POL = 1 makes a line active high. A disabled line stays inactive.
void Spi2::select(bool active) {
  selected_ = active;
  for (unsigned line = 0; line < select_lines; ++line) {
    const bool enabled = (active_.misc >> line & 1) == 0;
    const bool active_high = (regs::Misc::master_cs_pol.get(active_.misc) >> line & 1) != 0;
    pins_.drive(signal::fspics0 + line, (active && enabled) == active_high);
  }
}

void Spi2::put_clock(bool level) {
  if (regs::Misc::ck_dis.get(active_.misc) == 0) pins_.drive(signal::fspiclk, level);
}

// DOUT_MODE: a line shows its bit with the next falling edge of the engine's clock.
void Spi2::put_line(unsigned line, bool level) {
  if ((active_.dout_mode >> line & 1) == 0) return pins_.drive(data_signals[line], level);
  const Time due = timeline_.now() + plan_.output_delay;
  if (late_lines_.pending() && late_lines_.due() != due) put_late_lines();
  late_mask_ |= 1u << line;
  late_levels_ = level ? late_levels_ | 1u << line : late_levels_ & ~(1u << line);
  if (!late_lines_.pending()) late_lines_.at(due);
}

void Spi2::put_late_lines() {
  late_lines_.cancel();
  for (unsigned line = 0; line < spi2::data_line_count; ++line)
    if ((late_mask_ >> line & 1) != 0) pins_.drive(data_signals[line], (late_levels_ >> line & 1) != 0);
  late_mask_ = 0;
}

// Histories of the inputs are kept while transfers need them.
void Spi2::keep_histories() {
  if (keeps_histories_ == active_.delays_inputs()) return;
  keeps_histories_ = !keeps_histories_;
  for (unsigned line = 0; line < spi2::data_line_count; ++line)
    histories_[line].start(pins_.input(data_signals[line]));
}

// What the engine sees of a data line.
bool Spi2::line_level(unsigned line) const {
  const Time delay = plan_.input_delay[line], now = timeline_.now();
  if (delay == 0) return pins_.input(data_signals[line]);
  return histories_[line].at(now > delay ? now - delay : 0);
}

void Spi2::enable_data_lines(std::uint8_t which) {
  for (unsigned line = 0; line < spi2::data_line_count; ++line)
    pins_.enable_output(data_signals[line], (which >> line & 1) != 0);
}

// Data lines from `first` on carry nothing: they have the levels of CTRL.*_POL.
void Spi2::drive_unused_lines(unsigned first) {
  const std::uint32_t control = active_.control;
  const std::array levels{regs::Ctrl::d_pol.get(control), regs::Ctrl::q_pol.get(control),
                          regs::Ctrl::wp_pol.get(control), regs::Ctrl::hold_pol.get(control)};
  for (unsigned line = first; line < spi2::data_line_count; ++line)
    pins_.drive(data_signals[line], levels[line] != 0);
}

void Spi2::turn_data_lines() {
  enable_data_lines(phase_.drives);
  drive_unused_lines(phase_.sends ? phase_.lines : 0);
}

// Whoever drives a line from this edge on must find it free.
void Spi2::let_go_for_next_phase() {
  if (phase_complete() && phase_index_ + 1 < plan_.phase_count)
    enable_data_lines(phase_.drives & plan_.phases[phase_index_ + 1].drives);
}

}  // namespace ferry::board
