#include "board/devices/timg/timg.hpp"
#include "chip/esp32c3/registers/timg.hpp"

namespace ferry::board {

namespace reg = chip::timg;

bool Timg::pure(std::uint32_t offset) const {
  return offset != reg::Rtccalicfg::offset && offset != reg::Rtccalicfg1::offset &&
         offset != reg::Rtccalicfg2::offset;
}

// A calibration shows its end, or that it has run out of patience, without an event.
Time Timg::steady_until(std::uint32_t offset) const {
  if (pure(offset) || !calibrating_) return never;
  const Time duration = calibration_time(), patience = calibration_patience();
  const Time end = calibration_since_ + (duration <= patience ? duration : patience + 1);
  return timeline_.now() < end ? end : never;
}

CopyRegister Timg::counter_copy(std::uint32_t offset) {
  using Part = CopyRegister::Part;
  switch (offset) {
    case reg::T0update::offset:
      return {.part = Part::request, .copy = &copy_, .request_bits = ~0u};
    case reg::T0lo::offset:
      return {.part = Part::low_word, .copy = &copy_};
    case reg::T0hi::offset:
      return {.part = Part::high_word, .copy = &copy_};
    default:
      return {};
  }
}

std::uint32_t Timg::read(std::uint32_t offset) {
  if (!pure(offset)) settle_calibration();
  return registers_.load(offset);
}

void Timg::write(std::uint32_t offset, std::uint32_t value) {
  if (write_watchdog(offset, value)) return;
  switch (offset) {
    case reg::T0config::offset: {
      settle_timer();
      registers_.store(offset, value);
      const bool running = reg::T0config::en.get(value) != 0;
      // Starting, and resetting the divider, begin a full tick.
      if (running != timer_running_ || reg::T0config::divcnt_rst.get(value) != 0)
        timer_since_ = timeline_.now();
      timer_running_ = running;
      return schedule_alarm();
    }
    case reg::T0update::offset:
      return latch_timer(timeline_.now());
    case reg::T0load::offset:
      return reload_timer();
    case reg::T0alarmlo::offset:
    case reg::T0alarmhi::offset:
      registers_.store(offset, value);
      return schedule_alarm();
    case reg::IntEnaTimers::offset:
      registers_.store(offset, value);
      return update_interrupts();
    case reg::IntClrTimers::offset:
      registers_.word<reg::IntRawTimers>() &= ~value;
      return update_interrupts();
    case reg::Rtccalicfg::offset: {
      const bool started = registers_.get(reg::Rtccalicfg::rtc_cali_start) != 0;
      settle_calibration();
      registers_.store(offset, value);
      const bool start = reg::Rtccalicfg::rtc_cali_start.get(value) != 0;
      if (start && !started) return start_calibration();
      if (!start && reg::Rtccalicfg::rtc_cali_start_cycling.get(value) == 0) calibrating_ = false;
      return;
    }
    case reg::Rtccalicfg2::offset:
      settle_calibration();
      break;
    default:
      break;
  }
  registers_.store(offset, value);
}

// The watchdog's registers ignore stores while the key is not in WDTWPROTECT. Their values act when
// CONF_UPDATE_EN is written; WDT_EN alone acts at once, as esp-idf relies on.
bool Timg::write_watchdog(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::Wdtconfig0::offset:
    case reg::Wdtconfig1::offset:
    case reg::Wdtconfig2::offset:
    case reg::Wdtconfig3::offset:
    case reg::Wdtconfig4::offset:
    case reg::Wdtconfig5::offset:
    case reg::Wdtfeed::offset:
      break;
    default:
      return false;
  }
  if (!watchdog_unlocked()) {
    notices_.once(std::string(name()) +
                  ": a store to the watchdog while it is write-protected has no effect");
    return true;
  }
  if (offset == reg::Wdtfeed::offset) {
    watchdog_.feed();
    return true;
  }
  registers_.store(offset, value);
  if (offset == reg::Wdtconfig1::offset && reg::Wdtconfig1::wdt_divcnt_rst.get(value) != 0)
    watchdog_.restart_divider();
  if (offset != reg::Wdtconfig0::offset) return true;
  if (reg::Wdtconfig0::wdt_conf_update_en.get(value) != 0) {
    watchdog_config_ = registers_.word<reg::Wdtconfig0>();
    watchdog_prescale_ = registers_.get(reg::Wdtconfig1::wdt_clk_prescale);
    watchdog_holds_ = {registers_.word<reg::Wdtconfig2>(), registers_.word<reg::Wdtconfig3>(),
                       registers_.word<reg::Wdtconfig4>(), registers_.word<reg::Wdtconfig5>()};
  } else {
    watchdog_config_ = reg::Wdtconfig0::wdt_en.put(watchdog_config_, reg::Wdtconfig0::wdt_en.get(value));
  }
  update_watchdog();
  return true;
}

}  // namespace ferry::board
