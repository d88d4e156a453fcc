#include "board/devices/timg/timg.hpp"

#include "chip/esp32c3/registers/timg.hpp"
#include "chip/esp32c3/registers/timg_table.hpp"

namespace ferry::board {

namespace reg = chip::timg;

Timg::Timg(unsigned number, Timeline& timeline, Clocks& clocks, InterruptSink& interrupts,
           Observers& observers, std::function<void(ResetCause, ResetScope)> bite)
    : RegisterDevice(number == 0 ? "TIMG0" : "TIMG1", reg::registers, observers),
      number_(number),
      timeline_(timeline),
      clocks_(clocks),
      interrupts_(interrupts),
      bite_(std::move(bite)),
      alarm_event_(timeline, [this] { alarm(); }),
      watchdog_(timeline, [this](WatchdogAction action) { watchdog_acts(action); }) {
  clocks_.on_change(
      [this] {
        settle_timer();
        tick_before_ = tick();
      },
      [this] {
        // The prescaler stands where it stood, counted in cycles of its clock.
        const Time phase = timeline_.now() - timer_since_;
        timer_since_ = timeline_.now() - phase / (tick_before_ / prescaler()) * (tick() / prescaler());
        schedule_alarm();
        update_watchdog();
      });
  reset();
}

void Timg::reset() {
  registers_.reset();
  timer_running_ = false;
  timer_value_ = 0;
  timer_since_ = timeline_.now();
  alarm_event_.cancel();
  watchdog_.reset();
  watchdog_config_ = registers_.word<reg::Wdtconfig0>();
  watchdog_prescale_ = registers_.get(reg::Wdtconfig1::wdt_clk_prescale);
  watchdog_holds_ = {reg::Wdtconfig2::reset, reg::Wdtconfig3::reset, reg::Wdtconfig4::reset,
                     reg::Wdtconfig5::reset};
  update_watchdog();
  // Cycling calibration is on after reset.
  calibrating_ = true;
  calibration_since_ = timeline_.now();
  update_interrupts();
}

void Timg::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(timer_running_, timer_value_, timer_since_, tick_before_, alarm_event_, watchdog_, watchdog_config_,
          watchdog_prescale_, watchdog_holds_, calibrating_, calibration_since_);
}

void Timg::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRawTimers>() & registers_.word<reg::IntEnaTimers>();
  registers_.word<reg::IntStTimers>() = status;
  using chip::InterruptSource;
  interrupts_.set_source(number_ == 0 ? InterruptSource::timg0_t0 : InterruptSource::timg1_t0,
                         (status & 1) != 0);
  interrupts_.set_source(number_ == 0 ? InterruptSource::timg0_wdt : InterruptSource::timg1_wdt,
                         (status & 2) != 0);
}

// ---- Timer T0

// 0 means 65536, and 1 divides by 2 like 2 does.
Time Timg::prescaler() const {
  const std::uint32_t field = registers_.get(reg::T0config::divider);
  return field == 0 ? 65536 : field == 1 ? 2 : field;
}

Time Timg::tick() const {
  return (registers_.get(reg::T0config::use_xtal) != 0 ? Clocks::xtal : clocks_.apb()) * prescaler();
}

std::uint64_t Timg::timer_value_at(Time time) const {
  if (!timer_running_) return timer_value_;
  const std::uint64_t elapsed = (time - timer_since_) / tick();
  const bool up = registers_.get(reg::T0config::increase) != 0;
  return (up ? timer_value_ + elapsed : timer_value_ - elapsed) & timer_mask;
}

// Before anything changes what the count depends on. The prescaler keeps its phase: only whole ticks are
// taken.
void Timg::settle_timer() {
  const Time now = timeline_.now();
  const Time phase = timer_running_ ? (now - timer_since_) % tick() : 0;
  timer_value_ = timer_value();
  timer_since_ = now - phase;
}

void Timg::schedule_alarm() {
  alarm_event_.cancel();
  // A counter that stands compares nothing. esp-hal counts on it: before each single shot it sets ALARM_EN
  // while the counter and the alarm are both at 0.
  if (registers_.get(reg::T0config::alarm_en) == 0 || !timer_running_) return;
  const std::uint64_t target =
      std::uint64_t{registers_.get(reg::T0alarmhi::alarm_hi)} << 32 | registers_.word<reg::T0alarmlo>();
  const bool up = registers_.get(reg::T0config::increase) != 0;
  const std::uint64_t value = timer_value();
  const std::uint64_t distance = (up ? target - value : value - target) & timer_mask;
  // Within half the range behind, the alarm was passed already: it happens at once (tables 11.2-1
  // and 11.2-2).
  if (distance == 0 || distance > timer_mask / 2) return alarm_event_.at(timeline_.now());
  const std::uint64_t whole =
      value == timer_value_ ? 0 : (up ? value - timer_value_ : timer_value_ - value) & timer_mask;
  const std::uint64_t ticks = whole + distance;
  if (ticks < (never / 2 - timer_since_) / tick()) alarm_event_.at(timer_since_ + ticks * tick());
}

void Timg::alarm() {
  registers_.word<reg::IntRawTimers>() |= 1;
  registers_.set(reg::T0config::alarm_en, 0);
  if (registers_.get(reg::T0config::autoreload) != 0) reload_timer();
  update_interrupts();
}

void Timg::latch_timer(Time when) {
  const std::uint64_t value = timer_value_at(when);
  registers_.word<reg::T0lo>() = static_cast<std::uint32_t>(value);
  registers_.word<reg::T0hi>() = static_cast<std::uint32_t>(value >> 32);
  registers_.set(reg::T0update::update, 0);
}

std::int64_t Timg::Copy::step() const {
  if (!group_.timer_running_) return 0;
  return group_.registers_.get(reg::T0config::increase) != 0 ? 1 : -1;
}

std::uint64_t Timg::Copy::copied(Time) {
  return std::uint64_t{group_.registers_.word<reg::T0hi>()} << 32 | group_.registers_.word<reg::T0lo>();
}

std::uint64_t Timg::Copy::relation(Time now) {
  return (group_.timer_value_at(now) - copied(now)) & timer_mask;
}

std::uint64_t Timg::Copy::course() const {
  constexpr std::uint64_t mixer = 0x9E37'79B9'7F4A'7C15;
  return (group_.timer_value_ * mixer + group_.timer_since_) * mixer + (group_.timer_running_ ? 1 : 0);
}

void Timg::reload_timer() {
  settle_timer();
  timer_value_ =
      std::uint64_t{registers_.get(reg::T0loadhi::load_hi)} << 32 | registers_.word<reg::T0loadlo>();
  schedule_alarm();
}

// ---- Watchdog

bool Timg::watchdog_unlocked() const { return registers_.word<reg::Wdtwprotect>() == 0x50D8'3AA1; }

void Timg::update_watchdog() {
  const std::uint32_t config = watchdog_config_;
  const bool flash_boot =
      number_ == 0 && flash_boot_ && reg::Wdtconfig0::wdt_flashboot_mod_en.get(config) != 0;
  const bool enabled = reg::Wdtconfig0::wdt_en.get(config) != 0;
  const Time source = reg::Wdtconfig0::wdt_use_xtal.get(config) != 0 ? Clocks::xtal : clocks_.apb();
  WatchdogSettings settings{.running = enabled || flash_boot,
                            .tick = source * std::max(watchdog_prescale_, 1u)};
  const std::uint32_t stages[] = {
      reg::Wdtconfig0::wdt_stg0.get(config), reg::Wdtconfig0::wdt_stg1.get(config),
      reg::Wdtconfig0::wdt_stg2.get(config), reg::Wdtconfig0::wdt_stg3.get(config)};
  for (unsigned stage = 0; stage < 4; ++stage) {
    settings.hold[stage] = watchdog_holds_[stage];
    settings.action[stage] = static_cast<WatchdogAction>(stages[stage]);
  }
  // A boot that hangs resets the core, whatever the stage says.
  if (flash_boot) settings.action[0] = WatchdogAction::core_reset;
  watchdog_.configure(settings);
}

void Timg::watchdog_acts(WatchdogAction action) {
  switch (action) {
    case WatchdogAction::interrupt:
      registers_.word<reg::IntRawTimers>() |= 2;
      return update_interrupts();
    case WatchdogAction::cpu_reset:
      if (reg::Wdtconfig0::wdt_procpu_reset_en.get(watchdog_config_) == 0) return;
      return bite_(number_ == 0 ? ResetCause::mwdt0_cpu : ResetCause::mwdt1_cpu, ResetScope::cpu);
    case WatchdogAction::core_reset:
      return bite_(number_ == 0 ? ResetCause::mwdt0_core : ResetCause::mwdt1_core, ResetScope::core);
    default:
      return;
  }
}

// ---- Calibration: how many XTAL cycles does a number of slow cycles take?

// RC_SLOW, RC_FAST divided by 256, or the 32 kHz crystal, which the board does not have.
Time Timg::calibrated_clock() const {
  switch (registers_.get(reg::Rtccalicfg::rtc_cali_clk_sel)) {
    case 0:
      return Clocks::rc_slow;
    case 1:
      return Clocks::rc_fast * 256;
    default:
      return never;
  }
}

Time Timg::calibration_time() const {
  const Time slow = calibrated_clock();
  return slow == never ? never : slow * std::max(registers_.get(reg::Rtccalicfg::rtc_cali_max), 1u);
}

Time Timg::calibration_patience() const {
  return Clocks::xtal * registers_.get(reg::Rtccalicfg2::rtc_cali_timeout_thres);
}

void Timg::start_calibration() {
  calibrating_ = true;
  calibration_since_ = timeline_.now();
  registers_.set(reg::Rtccalicfg::rtc_cali_rdy, 0);
  registers_.set(reg::Rtccalicfg2::rtc_cali_timeout, 0);
  registers_.set(reg::Rtccalicfg1::rtc_cali_cycling_data_vld, 0);
}

// Brings RDY, TIMEOUT and the value up to date; called before any of them is read.
void Timg::settle_calibration() {
  if (!calibrating_) return;
  const Time elapsed = timeline_.now() - calibration_since_;
  const Time duration = calibration_time(), patience = calibration_patience();
  const bool cycling = registers_.get(reg::Rtccalicfg::rtc_cali_start_cycling) != 0;
  if (elapsed > patience && duration > patience) {
    registers_.set(reg::Rtccalicfg2::rtc_cali_timeout, 1);
    if (!cycling) calibrating_ = false;
  }
  if (elapsed >= duration && duration <= patience) {
    const auto value = static_cast<std::uint32_t>(duration / Clocks::xtal);
    registers_.set(reg::Rtccalicfg1::rtc_cali_value, value);
    registers_.set(reg::Rtccalicfg::rtc_cali_rdy, 1);
    if (cycling) {
      registers_.set(reg::Rtccalicfg1::rtc_cali_cycling_data_vld, 1);
    } else {
      calibrating_ = false;
    }
  }
}

}  // namespace ferry::board
