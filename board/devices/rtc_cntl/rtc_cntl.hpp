// RTC_CNTL: resets and their causes, the RTC watchdog and the super watchdog, the RTC main timer, scratch
// registers. Sleep and power domains are stored registers.
#pragma once

#include "board/clocks.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/reset.hpp"
#include "board/timeline.hpp"
#include "board/watchdog.hpp"

#include <cstdint>
#include <functional>

namespace ferry::board {

class RtcCntl : public RegisterDevice {
 public:
  // The super watchdog's time: the manual says "slightly less than one second", and a request 100 ms before.
  static constexpr Time super_watchdog_time = 950 * millisecond;
  static constexpr Time super_watchdog_warning = 100 * millisecond;

  // `reset_chip` is called when software or a watchdog asks for a reset; it may call reset_by() before it
  // returns.
  RtcCntl(Timeline& timeline, InterruptSink& interrupts, Observers& observers,
          std::function<void(ResetCause, ResetScope)> reset_chip);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  // The chip restarts: RESET_STATE shows the cause; from a system reset on, everything else here is reset as
  // well.
  void reset_by(ResetCause cause, ResetScope scope);

  // The chip boots from flash: the RTC watchdog runs until FLASHBOOT_MOD_EN is cleared. Takes effect at
  // reset().
  void set_flash_boot(bool flash_boot) { flash_boot_ = flash_boot; }
  // EFUSE_WDT_DELAY_SEL: stage 0 of the RTC watchdog takes its hold value shifted left by 1 + this.
  void set_watchdog_delay(unsigned delay_select) { watchdog_delay_ = delay_select; }
  // Called when OPTIONS0 takes or gives the PLL's power, with what holds now.
  void on_pll_power(std::function<void(bool powered)> listener) { pll_power_ = std::move(listener); }
  bool pll_powered() const;
  // Called with the pads that are held, one bit each, whenever that changes.
  void on_pad_hold(std::function<void(std::uint32_t pads)> listener) { pad_hold_ = std::move(listener); }

  Time watchdog_due() const { return watchdog_.next(); }
  Time super_watchdog_due() const { return super_watchdog_.pending() ? super_watchdog_.due() : never; }

 private:
  Time slow_clock() const;
  std::uint64_t main_timer() const;
  void settle_main_timer();
  void schedule_main_timer();
  void latch_time();
  void change_options(std::uint32_t value);
  void change_clock(std::uint32_t value);
  void update_pad_hold();
  bool write_protected(std::uint32_t offset) const;
  void update_watchdog();
  void watchdog_acts(WatchdogAction action);
  void feed_super_watchdog();
  void super_watchdog_acts();
  void change_super_watchdog(std::uint32_t value);
  void raise(std::uint32_t interrupts);
  void update_interrupts();

  Timeline& timeline_;
  InterruptSink& interrupts_;
  std::function<void(ResetCause, ResetScope)> reset_chip_;
  std::function<void(bool)> pll_power_;
  std::function<void(std::uint32_t)> pad_hold_;
  bool flash_boot_ = true;
  unsigned watchdog_delay_ = 0;
  ResetCause cause_ = ResetCause::power_on;
  bool super_watchdog_bit_ = false;  // SWD_RESET_FLAG

  std::uint64_t main_timer_ = 0;  // at `main_timer_since_`
  Time main_timer_since_ = 0;
  Event main_timer_alarm_;
  Watchdog watchdog_;
  Event super_watchdog_;
  bool super_watchdog_warned_ = false;
};

}  // namespace ferry::board
