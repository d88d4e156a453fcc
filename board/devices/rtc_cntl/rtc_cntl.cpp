#include "board/devices/rtc_cntl/rtc_cntl.hpp"

#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/rtc_cntl_table.hpp"

namespace ferry::board {

namespace reg = chip::rtc_cntl;

RtcCntl::RtcCntl(Timeline& timeline, InterruptSink& interrupts, Observers& observers,
                 std::function<void(ResetCause, ResetScope)> reset_chip)
    : RegisterDevice("RTC_CNTL", reg::registers, observers),
      timeline_(timeline),
      interrupts_(interrupts),
      reset_chip_(std::move(reset_chip)),
      main_timer_alarm_(timeline, [this] { raise(reg::IntRawRtc::main_timer_int_raw.mask); }),
      watchdog_(timeline, [this](WatchdogAction action) { watchdog_acts(action); }),
      super_watchdog_(timeline, [this] { super_watchdog_acts(); }) {
  reset();
}

void RtcCntl::reset() {
  const bool was_powered = pll_powered();
  registers_.reset();
  cause_ = ResetCause::power_on;
  super_watchdog_bit_ = false;
  main_timer_ = 0;
  main_timer_since_ = timeline_.now();
  main_timer_alarm_.cancel();
  watchdog_.reset();
  update_watchdog();
  feed_super_watchdog();
  update_interrupts();
  update_pad_hold();
  if (pll_power_ && pll_powered() != was_powered) pll_power_(pll_powered());
}

void RtcCntl::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(cause_, super_watchdog_bit_, main_timer_, main_timer_since_, main_timer_alarm_, watchdog_,
          super_watchdog_, super_watchdog_warned_);
}

void RtcCntl::reset_by(ResetCause cause, ResetScope scope) {
  if (scope >= ResetScope::system) reset();
  cause_ = cause;
  if (cause == ResetCause::super_watchdog) super_watchdog_bit_ = true;
}

void RtcCntl::raise(std::uint32_t interrupts) {
  registers_.word<reg::IntRawRtc>() |= interrupts;
  update_interrupts();
}

void RtcCntl::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRawRtc>() & registers_.word<reg::IntEnaRtc>();
  registers_.word<reg::IntStRtc>() = status;
  interrupts_.set_source(chip::InterruptSource::rtc_core, status != 0);
}

// ---- Clocks and power

// RC_SLOW, the 32 kHz crystal, which the board does not have, or RC_FAST divided by 256.
Time RtcCntl::slow_clock() const {
  switch (registers_.get(reg::ClkConf::ana_clk_rtc_sel)) {
    case 0:
      return Clocks::rc_slow;
    case 2:
      return Clocks::rc_fast * 256;
    default:
      return never;
  }
}

void RtcCntl::change_clock(std::uint32_t value) {
  settle_main_timer();
  registers_.store(reg::ClkConf::offset, value);
  main_timer_since_ = timeline_.now();
  if (slow_clock() == never)
    notices_.once(
        "RTC_CNTL: the slow clock is set to a 32 kHz crystal, which the board does not have: it stands "
        "still");
  update_watchdog();
  schedule_main_timer();
}

bool RtcCntl::pll_powered() const {
  return (registers_.word<reg::Options0>() &
          (reg::Options0::bb_i2c_force_pd.mask | reg::Options0::bbpll_i2c_force_pd.mask |
           reg::Options0::bbpll_force_pd.mask)) == 0;
}

void RtcCntl::change_options(std::uint32_t value) {
  const bool was_powered = pll_powered();
  registers_.store(reg::Options0::offset, value);
  if (pll_power_ && pll_powered() != was_powered) pll_power_(pll_powered());
  // The resets come last: they may reset this device.
  if (reg::Options0::sw_sys_rst.get(value) != 0) {
    reset_chip_(ResetCause::software_system, ResetScope::core);
  } else if (reg::Options0::sw_procpu_rst.get(value) != 0) {
    reset_chip_(ResetCause::software_cpu, ResetScope::cpu);
  }
}

// ---- Pads: each has a bit, GPIO0 to 5 in PAD_HOLD and the others in DIG_PAD_HOLD; both groups can be held
// as a whole.

void RtcCntl::update_pad_hold() {
  if (!pad_hold_) return;
  constexpr std::uint32_t rtc_pads = 0x3F, digital_pads = 0x3F'FFC0;
  std::uint32_t pads =
      (registers_.word<reg::PadHold>() & rtc_pads) | (registers_.word<reg::DigPadHold>() & digital_pads);
  if (registers_.get(reg::Pwc::pad_force_hold) != 0) pads |= rtc_pads;
  if (registers_.get(reg::DigIso::dg_pad_force_hold) != 0 &&
      registers_.get(reg::DigIso::dg_pad_force_unhold) == 0)
    pads |= digital_pads;
  pad_hold_(pads);
}

// ---- Main timer: 48 bits at the slow clock

std::uint64_t RtcCntl::main_timer() const {
  constexpr std::uint64_t mask = (std::uint64_t{1} << 48) - 1;
  return (main_timer_ + (timeline_.now() - main_timer_since_) / slow_clock()) & mask;
}

void RtcCntl::settle_main_timer() {
  const Time phase = slow_clock() == never ? 0 : (timeline_.now() - main_timer_since_) % slow_clock();
  main_timer_ = main_timer();
  main_timer_since_ = timeline_.now() - phase;
}

// TIME_UPDATE copies the timer into the first pair of registers, and what stood there into the second.
void RtcCntl::latch_time() {
  registers_.word<reg::TimeLow>(1) = registers_.word<reg::TimeLow>(0);
  registers_.word<reg::TimeHigh>(1) = registers_.word<reg::TimeHigh>(0);
  const std::uint64_t time = main_timer();
  registers_.word<reg::TimeLow>(0) = static_cast<std::uint32_t>(time);
  registers_.word<reg::TimeHigh>(0) = static_cast<std::uint32_t>(time >> 32);
}

void RtcCntl::schedule_main_timer() {
  main_timer_alarm_.cancel();
  if (reg::SlpTimer1::main_timer_alarm_en.get(registers_.word<reg::SlpTimer1>()) == 0 ||
      slow_clock() == never)
    return;
  const std::uint64_t target =
      std::uint64_t{registers_.get(reg::SlpTimer1::slp_val_hi)} << 32 | registers_.word<reg::SlpTimer0>();
  settle_main_timer();
  if (target <= main_timer_) return main_timer_alarm_.at(timeline_.now());
  const std::uint64_t ticks = target - main_timer_;
  if (ticks < (never / 2 - main_timer_since_) / slow_clock())
    main_timer_alarm_.at(main_timer_since_ + ticks * slow_clock());
}

// ---- Watchdogs

bool RtcCntl::write_protected(std::uint32_t offset) const {
  switch (offset) {
    case reg::Wdtconfig0::offset:
    case reg::Wdtconfig1::offset:
    case reg::Wdtconfig2::offset:
    case reg::Wdtconfig3::offset:
    case reg::Wdtconfig4::offset:
    case reg::Wdtfeed::offset:
      return registers_.word<reg::Wdtwprotect>() != 0x50D8'3AA1;
    case reg::SwdConf::offset:
      return registers_.word<reg::SwdWprotect>() != 0x8F1D'312A;
    default:
      return false;
  }
}

void RtcCntl::update_watchdog() {
  const std::uint32_t config = registers_.word<reg::Wdtconfig0>();
  const bool flash_boot = flash_boot_ && reg::Wdtconfig0::wdt_flashboot_mod_en.get(config) != 0;
  const Time clock = slow_clock();
  WatchdogSettings settings{
      .running = clock != never && (flash_boot || reg::Wdtconfig0::wdt_en.get(config) != 0),
      .tick = clock,
      .hold = {std::uint64_t{registers_.word<reg::Wdtconfig1>()} << (1 + watchdog_delay_),
               registers_.word<reg::Wdtconfig2>(), registers_.word<reg::Wdtconfig3>(),
               registers_.word<reg::Wdtconfig4>()}};
  const std::uint32_t stages[] = {
      reg::Wdtconfig0::wdt_stg0.get(config), reg::Wdtconfig0::wdt_stg1.get(config),
      reg::Wdtconfig0::wdt_stg2.get(config), reg::Wdtconfig0::wdt_stg3.get(config)};
  for (unsigned stage = 0; stage < 4; ++stage)
    if (stages[stage] <= static_cast<std::uint32_t>(WatchdogAction::system_reset))
      settings.action[stage] = static_cast<WatchdogAction>(stages[stage]);
  // A boot that hangs resets the system, whatever the stage says.
  if (flash_boot) settings.action[0] = WatchdogAction::system_reset;
  watchdog_.configure(settings);
}

void RtcCntl::watchdog_acts(WatchdogAction action) {
  switch (action) {
    case WatchdogAction::interrupt:
      return raise(reg::IntRawRtc::wdt_int_raw.mask);
    case WatchdogAction::cpu_reset:
      if (registers_.get(reg::Wdtconfig0::wdt_procpu_reset_en) == 0) return;
      return reset_chip_(ResetCause::rwdt_cpu, ResetScope::cpu);
    case WatchdogAction::core_reset:
      return reset_chip_(ResetCause::rwdt_core, ResetScope::core);
    case WatchdogAction::system_reset:
      return reset_chip_(ResetCause::rwdt_system, ResetScope::system);
    case WatchdogAction::none:
      return;
  }
}

// The controller feeds the super watchdog itself while AUTO_FEED_EN is 1: then nothing is to be waited for.
void RtcCntl::feed_super_watchdog() {
  super_watchdog_warned_ = false;
  super_watchdog_.cancel();
  if (registers_.get(reg::SwdConf::swd_auto_feed_en) != 0 || registers_.get(reg::SwdConf::swd_disable) != 0)
    return;
  super_watchdog_.after(super_watchdog_time - super_watchdog_warning);
}

void RtcCntl::super_watchdog_acts() {
  if (!super_watchdog_warned_) {
    super_watchdog_warned_ = true;
    super_watchdog_.after(super_watchdog_warning);
    return raise(reg::IntRawRtc::swd_int_raw.mask);
  }
  if (registers_.get(reg::SwdConf::swd_bypass_rst) != 0) return feed_super_watchdog();
  reset_chip_(ResetCause::super_watchdog, ResetScope::system);
}

void RtcCntl::change_super_watchdog(std::uint32_t value) {
  const std::uint32_t off = reg::SwdConf::swd_auto_feed_en.mask | reg::SwdConf::swd_disable.mask;
  const bool switched = ((registers_.word<reg::SwdConf>() ^ value) & off) != 0;
  registers_.store(reg::SwdConf::offset, value);
  if (reg::SwdConf::swd_rst_flag_clr.get(value) != 0) super_watchdog_bit_ = false;
  if (switched || reg::SwdConf::swd_feed.get(value) != 0) feed_super_watchdog();
}

}  // namespace ferry::board
