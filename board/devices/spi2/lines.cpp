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
  const bool master = registers_.get(regs::Slave::mode) == 0;
  if (state_ != State::idle && state_ != State::starting && master) return;
  pins_.enable_output(signal::fspiclk, master);
  data_enabled_ = master;
  pins_.enable_output(signal::fspid, master);
  // A master on one data line only listens to Q.
  pins_.enable_output(signal::fspiq, false);
  for (unsigned line = 0; line < select_lines; ++line) pins_.enable_output(signal::fspics0 + line, master);
  if (!selected_) select(false);
  pins_.drive(signal::fspiclk, active_.idle_high());
  pins_.drive(signal::fspid, regs::Ctrl::d_pol.get(active_.control) != 0);
  pins_.drive(signal::fspiq, regs::Ctrl::q_pol.get(active_.control) != 0);
  pins_.drive(signal::fspihd, regs::Ctrl::hold_pol.get(active_.control) != 0);
  pins_.drive(signal::fspiwp, regs::Ctrl::wp_pol.get(active_.control) != 0);
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

// A phase that does not send leaves D on its idle level, or with SIO = 1, where D is the only data line, lets
// go.
void Spi2::turn_data_line() {
  const bool lets_go = phase_.receives && !phase_.sends && regs::User::sio.get(active_.user) != 0;
  if (lets_go == data_enabled_) {
    data_enabled_ = !lets_go;
    pins_.enable_output(signal::fspid, data_enabled_);
  }
  if (!phase_.sends) pins_.drive(signal::fspid, regs::Ctrl::d_pol.get(active_.control) != 0);
}

}  // namespace ferry::board
