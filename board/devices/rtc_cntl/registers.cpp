#include "board/devices/rtc_cntl/rtc_cntl.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"

namespace ferry::board {

namespace reg = chip::rtc_cntl;

std::uint32_t RtcCntl::read(std::uint32_t offset) {
  std::uint32_t value = registers_.load(offset);
  if (offset == reg::ResetState::offset)
    value = reg::ResetState::reset_cause_procpu.put(value, static_cast<std::uint32_t>(cause_));
  if (offset == reg::SwdConf::offset) {
    value = reg::SwdConf::swd_reset_flag.put(value, super_watchdog_bit_ ? 1 : 0);
    value = reg::SwdConf::swd_feed_int.put(value, super_watchdog_warned_ ? 1 : 0);
  }
  return value;
}

void RtcCntl::write(std::uint32_t offset, std::uint32_t value) {
  if (write_protected(offset)) {
    notices_.once("RTC_CNTL: a store to a watchdog while it is write-protected has no effect");
    return;
  }
  switch (offset) {
    case reg::Options0::offset:
      return change_options(value);
    case reg::ClkConf::offset:
      return change_clock(value);
    case reg::SwdConf::offset:
      return change_super_watchdog(value);
    case reg::Wdtfeed::offset:
      if (reg::Wdtfeed::wdt_feed.get(value) != 0) watchdog_.feed();
      return;
    case reg::TimeUpdate::offset:
      registers_.store(offset, value);
      if (reg::TimeUpdate::time_update.get(value) != 0) latch_time();
      return;
    case reg::IntClrRtc::offset:
      registers_.word<reg::IntRawRtc>() &= ~value;
      return update_interrupts();
    case reg::IntEnaRtcW1ts::offset:
      registers_.store(reg::IntEnaRtc::offset, registers_.word<reg::IntEnaRtc>() | value);
      return update_interrupts();
    case reg::IntEnaRtcW1tc::offset:
      registers_.store(reg::IntEnaRtc::offset, registers_.word<reg::IntEnaRtc>() & ~value);
      return update_interrupts();
    default:
      break;
  }
  registers_.store(offset, value);
  switch (offset) {
    case reg::Wdtconfig0::offset:
    case reg::Wdtconfig1::offset:
    case reg::Wdtconfig2::offset:
    case reg::Wdtconfig3::offset:
    case reg::Wdtconfig4::offset:
      return update_watchdog();
    case reg::SlpTimer0::offset:
    case reg::SlpTimer1::offset:
      return schedule_main_timer();
    case reg::IntEnaRtc::offset:
      return update_interrupts();
    case reg::Pwc::offset:
    case reg::DigIso::offset:
    case reg::PadHold::offset:
    case reg::DigPadHold::offset:
      return update_pad_hold();
    default:
      return;
  }
}

}  // namespace ferry::board
