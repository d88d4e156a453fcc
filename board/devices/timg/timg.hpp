// A timer group: the 54-bit timer T0, the main watchdog, and the counter that measures the slow clocks.
#pragma once

#include "board/clocks.hpp"
#include "board/counter_copy.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/reset.hpp"
#include "board/timeline.hpp"
#include "board/watchdog.hpp"

#include <cstdint>
#include <functional>

namespace ferry::board {

class Timg : public RegisterDevice {
 public:
  // `bite` is called when a watchdog stage with a reset expires; it may reset this device.
  Timg(unsigned number, Timeline& timeline, Clocks& clocks, InterruptSink& interrupts, Observers& observers,
       std::function<void(ResetCause, ResetScope)> bite);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;
  Time steady_until(std::uint32_t offset) const override;
  CopyRegister counter_copy(std::uint32_t offset) override;

  // The chip boots from flash: group 0's watchdog runs until FLASHBOOT_MOD_EN is cleared. (On other ways of
  // booting the bit is 1 as well and does nothing.) Takes effect at the next reset().
  void set_flash_boot(bool flash_boot) { flash_boot_ = flash_boot; }
  // When the watchdog will next do something, or `never`.
  Time watchdog_due() const { return watchdog_.next(); }

 private:
  static constexpr std::uint64_t timer_mask = (std::uint64_t{1} << 54) - 1;

  // T0 for who asks it the time again and again.
  class Copy final : public CounterCopy {
   public:
    explicit Copy(Timg& group) : group_(group) {}
    Time period() const override { return group_.tick(); }
    std::int64_t step() const override;
    std::uint64_t count(Time now) const override { return group_.timer_value_at(now); }
    std::uint64_t copied(Time now) override;
    std::uint64_t relation(Time now) override;
    std::uint64_t course() const override;
    void request(Time when) override { group_.latch_timer(when); }

   private:
    Timg& group_;
  };

  // T0
  Time prescaler() const;
  Time tick() const;
  std::uint64_t timer_value() const { return timer_value_at(timeline_.now()); }
  std::uint64_t timer_value_at(Time time) const;
  void settle_timer();
  void schedule_alarm();
  void alarm();
  void latch_timer(Time when);
  void reload_timer();
  // Watchdog
  bool watchdog_unlocked() const;
  bool write_watchdog(std::uint32_t offset, std::uint32_t value);
  void update_watchdog();
  void watchdog_acts(WatchdogAction action);
  // Calibration
  void start_calibration();
  void settle_calibration();
  Time calibrated_clock() const;
  Time calibration_time() const;
  Time calibration_patience() const;

  void update_interrupts();

  unsigned number_;
  Timeline& timeline_;
  Clocks& clocks_;
  InterruptSink& interrupts_;
  std::function<void(ResetCause, ResetScope)> bite_;
  bool flash_boot_ = true;

  bool timer_running_ = false;
  std::uint64_t timer_value_ = 0;  // at `timer_since_`
  Time timer_since_ = 0;
  Time tick_before_ = 1;  // only during a change of clock
  Event alarm_event_;

  Watchdog watchdog_;
  std::uint32_t watchdog_config_ = 0;  // WDTCONFIG0 as CONF_UPDATE_EN took it over
  std::uint32_t watchdog_prescale_ = 1;
  std::array<std::uint32_t, 4> watchdog_holds_{};

  bool calibrating_ = false;
  Time calibration_since_ = 0;

  Copy copy_{*this};
};

}  // namespace ferry::board
