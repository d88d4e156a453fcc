// The course of a transfer.
#include "board/devices/spi2/spi2.hpp"

#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/spi2_table.hpp"

#include <algorithm>
#include <string>

namespace ferry::board {

namespace regs = chip::spi2;
using spi2::PhaseKind;

Spi2::Spi2(Timeline& timeline, Clocks& clocks, Pins& pins, DmaPort& dma, InterruptSink& interrupts,
           Observers& observers)
    : Device("SPI2"),
      timeline_(timeline),
      clocks_(clocks),
      pins_(pins),
      dma_(dma),
      interrupts_(interrupts),
      observers_(observers),
      registers_(regs::registers),
      update_(timeline, [this] { finish_update(); }),
      active_(present_configuration()),
      step_(timeline, [this] { step(); }),
      late_lines_(timeline, [this] { put_late_lines(); }),
      slave_(*this) {
  for (unsigned line = 0; line < spi2::data_line_count; ++line)
    pins.listen(data_signals[line], [this, line](bool level) {
      if (keeps_histories_) histories_[line].change(timeline_.now(), level);
    });
  pins.listen(chip::signal::fspics0, [this](bool) { slave_.select_changed(); });
  pins.listen(chip::signal::fspiclk, [this](bool level) { slave_.clock_changed(level); });
  dma_.listen(*this);
  clocks.on_change([] {}, [this] { clocks_changed(); });
  drive_idle_levels();
}

void Spi2::reset() {
  update_.cancel();
  step_.cancel();
  late_lines_.cancel();
  slave_.reset();
  update_pending_ = false;
  frozen_.reset();
  registers_.reset();
  active_ = present_configuration();
  ahead_.reset();
  received_.clear();
  out_ = in_ = 0;
  update_line();
  if (state_ != State::idle) tell_phase("idle");
  state_ = State::idle;
  selected_ = seg_done_waits_ = false;
  drive_idle_levels();
  observers_.tell(&Observer::spi_reset);
}

void Spi2::archive_state(StateArchive& archive) {
  archive(registers_, gate_, line_, said_, update_, update_pending_, active_, step_, state_, frozen_, plan_,
          selected_, phase_index_, phase_, bit_, out_, in_, frame_complete_, end_requested_, failed_,
          receives_, segmented_, conf_over_, conf_left_, seg_done_waits_, ahead_, missed_first_, received_,
          slave_, keeps_histories_, histories_, late_lines_, late_mask_, late_levels_);
}

void Spi2::gate_changed(const Gate& gate) {
  gate_ = gate;
  if (!gate.open()) slave_.reset();
  clocks_changed();
}

// ---- The clock ----

Time Spi2::source_period() const {
  if (!gate_.open() || registers_.get(regs::ClkGate::clk_en) == 0 ||
      registers_.get(regs::ClkGate::mst_clk_active) == 0)
    return 0;
  if (registers_.get(regs::ClkGate::mst_clk_sel) == 0) return Clocks::xtal;
  return clocks_.pll_running() ? Clocks::pll_80m : 0;
}

// How long CMD.UPDATE reads 1 while the copy crosses into the engine's clock. Not published.
Time Spi2::update_time(Time period) const { return clocks_.apb() + 2 * period; }

// Without a clock the engine stands still where it is; with it, it goes on.
void Spi2::clocks_changed() {
  const Time period = source_period();
  if (period == 0) {
    if (step_.pending()) {
      frozen_ = step_.due() - std::min(step_.due(), timeline_.now());
      step_.cancel();
    }
    update_.cancel();
    if (frozen_ || update_pending_) explain_missing_clock();
    return;
  }
  if (frozen_) {
    step_.after(*frozen_);
    frozen_.reset();
  }
  if (update_pending_ && !update_.pending()) update_.after(update_time(period));
}

void Spi2::explain_missing_clock() {
  if (!gate_.open()) return;  // the bus tells about accesses to a device whose gate is closed
  if (registers_.get(regs::ClkGate::clk_en) == 0 || registers_.get(regs::ClkGate::mst_clk_active) == 0) {
    notice_once(
        Notice::clock_gate,
        "SPI2: the engine has no clock (CLK_GATE.CLK_EN and CLK_GATE.MST_CLK_ACTIVE must be 1): CMD.UPDATE "
        "and CMD.USR stay pending");
  } else {
    notice_once(
        Notice::no_pll,
        "SPI2: the engine has no clock (CLK_GATE.MST_CLK_SEL selects the 80 MHz of the PLL, which does not "
        "run): CMD.UPDATE and CMD.USR stay pending");
  }
}

// Both clock domains now hold the same configuration. A running transfer follows a change of its length (that
// is how one is cut short), everything else counts from the next one on.
void Spi2::finish_update() {
  update_pending_ = false;
  registers_.set(regs::Cmd::update, 0);
  if (state_ == State::idle || state_ == State::starting) {
    active_ = present_configuration();
    drive_idle_levels();
    return;
  }
  active_.length = present_configuration().length;
  const auto follow = [this](spi2::Phase& phase) {
    if (phase.kind == PhaseKind::data) phase.bits = spi2::whole_clocks(active_.data_bits(), phase.lines);
  };
  for (unsigned index = 0; index < plan_.phase_count; ++index) follow(plan_.phases[index]);
  follow(phase_);
}

// ---- The course ----

void Spi2::schedule(State state, Time delay) {
  state_ = state;
  step_.after(delay);
}

void Spi2::step() {
  switch (state_) {
    case State::idle:
      return;
    case State::starting:
      receives_ = seg_done_waits_ = false;
      segmented_ = registers_.get(regs::Slave::usr_conf) != 0;
      return segmented_ ? begin_configuration() : begin_transfer();
    case State::configuring:
      return take_configuration_word();
    case State::configured:
      return begin_transfer();
    case State::preparing:
      tell_phase(name(phase_.kind));
      return leading_edge();
    case State::pausing:
      return end_phase();
    case State::leading:
      return leading_edge();
    case State::trailing:
      return trailing_edge();
    case State::holding:
      return end_transfer();
  }
}

void Spi2::begin_transfer() {
  const Time period = source_period();
  if (period == 0) {
    frozen_ = 0;
    return explain_missing_clock();
  }
  plan_ = spi2::make_plan(active_, period, clocks_.apb());
  if (!plan_.square)
    notice_once(
        Notice::clock_wave,
        "SPI2: CLOCK.CLKCNT_L and CLOCK.CLKCNT_H do not describe a clock: both levels last half a period");
  if (plan_.one_line_only)
    notice_once(
        Notice::full_duplex_lines,
        "SPI2: full duplex (USER.DOUTDIN) has one data line in each direction: CTRL.FREAD_*, USER.FWRITE_* "
        "and USER.QPI_MODE do not change its data");
  if (!segmented_ && regs::User::usr_conf_nxt.get(active_.user) != 0)
    notice_once(
        Notice::next_without_conf,
        "SPI2: USER.USR_CONF_NXT has no effect in a transfer that was started with SLAVE.USR_CONF = 0");
  keep_histories();
  phase_index_ = 0;
  phase_ = {};
  end_requested_ = failed_ = missed_first_ = frame_complete_ = false;
  select(true);
  tell_phase("prep");
  receives_ = receives_ || (plan_.receives() && active_.receives_by_dma());
  const bool sends_by_dma = plan_.sends_data() && active_.sends_by_dma();
  if (sends_by_dma) prime_from_dma();
  observers_.tell(&Observer::spi_began,
                  SpiBeginning{.sends_by_dma = sends_by_dma,
                               .receives_by_dma = plan_.receives() && active_.receives_by_dma(),
                               .found_nothing = missed_first_});
  if (missed_first_ && ends_when_empty()) return fail();
  if (plan_.phase_count == 0) return end_clocking();
  enter_phase(State::preparing, plan_.setup);
}

// The first leading edge is `until_edge` away. A period ends, and the data lines change, with the trailing
// edge in modes 0 and 2 and with the next leading edge in modes 1 and 3.
void Spi2::enter_phase(State state, Time until_edge) {
  phase_ = plan_.phases[phase_index_];
  bit_ = 0;
  if (state != State::preparing || !phase_.clocked) tell_phase(name(phase_.kind));
  if (!plan_.samples_second_edge || phase_index_ == 0) turn_data_lines();
  if (!phase_.clocked)  // the clock rests as long as these cycles would have taken
    return schedule(State::pausing, until_edge + phase_.bits * plan_.period - plan_.inactive);
  if (!begin_bit()) return fail();
  schedule(state, until_edge);
}

void Spi2::end_phase() {
  if (++phase_index_ == plan_.phase_count) return end_clocking();
  enter_phase(State::leading, plan_.inactive);
}

// What is sampled with an edge is what the lines showed before it.
void Spi2::leading_edge() {
  if (!plan_.samples_second_edge) sample_bits();
  if (plan_.samples_second_edge && bit_ == 0) turn_data_lines();
  put_clock(!active_.idle_high());
  if (plan_.samples_second_edge && phase_.sends) put_bits();
  schedule(State::trailing, plan_.active);
}

void Spi2::trailing_edge() {
  if (plan_.samples_second_edge) sample_bits();
  bit_ += phase_.lines;
  if (!plan_.samples_second_edge) let_go_for_next_phase();
  put_clock(active_.idle_high());
  if (end_requested_) return fail();
  if (phase_complete()) {
    if (phase_.receives) {
      if (bit_ % 8 != 0) store_byte();
      frame_complete_ = true;
    }
    return end_phase();
  }
  if (!begin_bit()) return fail();
  schedule(State::leading, plan_.inactive);
  // The PLL stops without telling anybody.
  if (bit_ % 8 == 0 && source_period() == 0) clocks_changed();
}

// The engine compares its bit counter with the length after every bit. A length that has been shortened below
// what is done already ends the phase where the place within the byte agrees.
bool Spi2::phase_complete() const { return bit_ >= phase_.bits && bit_ % 8 == phase_.bits % 8; }

void Spi2::fail() {
  failed_ = true;
  end_clocking();
}

void Spi2::end_clocking() {
  tell_phase("done");
  // RX_EOF_EN: the frame ends with the last bit that MS_DLEN asks for, else when the transfer ends.
  if (frame_complete_ && regs::DmaConf::rx_eof_en.get(active_.dma) != 0) end_frame();
  schedule(State::holding, plan_.hold);
}

// USR falls and TRANS_DONE rises when chip select becomes inactive (or would, under CS_KEEP_ACTIVE).
void Spi2::end_transfer() {
  state_ = State::idle;
  if (!active_.keeps_select()) select(false);
  drive_idle_levels();
  if (segmented_ && !failed_ && regs::User::usr_conf_nxt.get(active_.user) != 0) return begin_configuration();
  registers_.set(regs::Cmd::usr, 0);
  raise(regs::DmaIntRaw::trans_done_int_raw.mask);
  if (segmented_) {
    end_segments();
  } else if (regs::DmaConf::rx_eof_en.get(active_.dma) == 0) {
    end_frame();
  }
  tell_phase("idle");
}

// GDMA hears of the end once all bytes of the frame are with it; with bytes lost or stuck it never does.
bool Spi2::end_frame() {
  if (!receives_) return false;
  drain_to_dma();
  if (!received_.empty() || end_requested_) return false;
  dma_.end_of_frame();
  return true;
}

void Spi2::soft_reset() {
  slave_.reset();
  step_.cancel();
  late_lines_.cancel();
  frozen_.reset();
  ahead_.reset();
  received_.clear();
  selected_ = seg_done_waits_ = false;
  registers_.set(regs::Cmd::usr, 0);
  if (state_ != State::idle) tell_phase("idle");
  state_ = State::idle;
  observers_.tell(&Observer::spi_reset);
}

std::string_view Spi2::name(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::command:
      return "cmd";
    case PhaseKind::address:
      return "addr";
    case PhaseKind::dummy:
      return "dummy";
    case PhaseKind::data:
      break;
  }
  return "data";
}

void Spi2::tell_phase(std::string_view phase) { observers_.tell(&Observer::spi_phase, phase); }

}  // namespace ferry::board
