// SYSTIMER: two 52-bit counters at 16 MHz, three comparators. Nothing happens between two alarms: however far
// away an alarm is, it is one event.
#pragma once

#include "board/counter_copy.hpp"
#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <array>
#include <cstdint>

namespace ferry::board {

// The counting clock: XTAL's 25 ns divided by 3 and by 2 in turn, so that ticks are 75 and 50 ns apart
// and 62.5 ns on average. It runs from power-on and is never reset; tick 0 is at time 0.
struct SystimerClock {
  static constexpr Time xtal = 25'000;

  static constexpr std::uint64_t ticks_at(Time time) {
    const std::uint64_t cycles = time / xtal;
    return 2 * (cycles / 5) + (cycles % 5 >= 3 ? 1 : 0);
  }
  static constexpr Time time_of(std::uint64_t tick) {
    return xtal * (5 * (tick / 2) + (tick % 2 != 0 ? 3 : 0));
  }
};

class Systimer : public RegisterDevice {
 public:
  Systimer(Timeline& timeline, InterruptSink& interrupts, Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;
  CopyRegister counter_copy(std::uint32_t offset) override;

  // What counter 0 or 1 shows now, without the detour through UPDATE.
  std::uint64_t value(unsigned unit) const;

 private:
  static constexpr std::uint64_t mask = (std::uint64_t{1} << 52) - 1;

  struct Unit {
    bool running = false;
    std::uint64_t value = 0;  // at tick `since`
    std::uint64_t since = 0;
    bool snapshot_pending = false;
    std::uint64_t snapshot_tick = 0;
  };
  // A unit for who asks it the time again and again.
  class Copy final : public CounterCopy {
   public:
    Copy(Systimer& timer, unsigned unit) : timer_(timer), unit_(unit) {}
    Time period() const override { return SystimerClock::time_of(2); }
    std::int64_t step() const override { return timer_.units_[unit_].running ? 2 : 0; }
    std::uint64_t count(Time now) const override {
      return timer_.value_at(unit_, SystimerClock::ticks_at(now));
    }
    std::uint64_t copied(Time now) override;
    std::uint64_t relation(Time now) override;
    std::uint64_t course() const override;
    void request(Time when) override { timer_.request_snapshot(unit_, SystimerClock::ticks_at(when)); }

   private:
    Systimer& timer_;
    unsigned unit_;
  };
  struct Comparator {
    explicit Comparator(Timeline& timeline, std::function<void()> alarm)
        : event(timeline, std::move(alarm)) {}
    void archive_state(StateArchive& archive);
    bool enabled = false;
    bool periodic = false;
    bool armed = false;  // an alarm is to come
    unsigned unit = 0;
    std::uint64_t loaded_target = 0, loaded_period = 0;  // what COMP_LOAD took over
    std::uint64_t next = 0;                              // the unit's value at the next alarm
    Event event;
  };

  std::uint64_t now() const { return SystimerClock::ticks_at(timeline_.now()); }
  void set_running(unsigned unit, bool running);
  void load_unit(unsigned unit);
  std::uint64_t value_at(unsigned unit, std::uint64_t tick) const;
  void request_snapshot(unsigned unit, std::uint64_t tick);
  void take_snapshot(unsigned unit, std::uint64_t tick);
  void load_comparator(unsigned index);
  void configure(unsigned index);
  void start(Comparator& comparator);
  void schedule(Comparator& comparator);
  void schedule_for_unit(unsigned unit);
  void alarm(unsigned index);
  void update_interrupts();

  Timeline& timeline_;
  InterruptSink& interrupts_;
  std::array<Unit, 2> units_{};
  std::array<Comparator, 3> comparators_;
  std::array<Copy, 2> copies_{Copy(*this, 0), Copy(*this, 1)};
};

}  // namespace ferry::board
