#include "ferry/time.hpp"

#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/fatal.hpp"
#include "ferry/interrupt.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/start.hpp"

#include <algorithm>

namespace ferry {
namespace {

using namespace chip::systimer;

constexpr std::uint32_t unit0 = 0, comparator0 = 0;

// The counter is copied for reading within a few of its ticks of 62.5 ns.
constexpr int most_polls = 1000;

[[noreturn]] void no_answer() { fatal("the system timer does not answer: is its clock off?"); }

// A sleep costs some thirty register accesses, so shorter waits poll.
constexpr Duration shortest_sleep = Duration::microseconds(20);

// The comparator compares 52 bits and takes targets up to half its range away for future ones. A single sleep
// is kept well below that: two years.
constexpr Duration longest_sleep = Duration::ticks(std::uint64_t{1} << 50);

void disarm() {
  mmio::modify(base, IntEna::target0_int_ena(0));
  mmio::write(base, IntClr::target0_int_clr(1));
}

// With interrupts off. A target that has passed already fires at once, so none is missed.
void arm(Instant end) {
  const std::uint64_t ticks = end.in_ticks();
  mmio::write(base, IntClr::target0_int_clr(1));
  mmio::write_word<TargetHi>(base, static_cast<std::uint32_t>(ticks >> 32), comparator0);
  mmio::write_word<TargetLo>(base, static_cast<std::uint32_t>(ticks), comparator0);
  mmio::write(base, CompLoad::timer_comp_load(1), comparator0);
  mmio::modify(base, IntEna::target0_int_ena(1));
}

}  // namespace

void detail::start_system_timer() {
  using chip::system::PeripClkEn0;
  using chip::system::PeripRstEn0;
  mmio::modify(chip::system::base, PeripClkEn0::systimer_clk_en(1));
  mmio::modify(chip::system::base, PeripRstEn0::systimer_rst(0));
  // Unit 0 counts, also while a debugger holds the CPU. Comparator 0 fires once, on unit 0.
  mmio::modify(base,
               Conf::timer_unit0_work_en(1) | Conf::timer_unit0_core0_stall_en(0) | Conf::target0_work_en(1));
  mmio::write(base, TargetConf::target_period_mode(0) | TargetConf::target_timer_unit_sel(0), comparator0);
  disarm();
}

Instant time::now() {
  mmio::write(base, UnitOp::timer_unit_update(1), unit0);
  // A counter that somebody switched off answers, always the same. Nothing else makes it stand still while
  // the CPU runs. Asked here, it takes no time: the copy is on its way.
  if (mmio::read(base, Conf::timer_unit0_work_en) == 0)
    fatal("the system timer does not count: its unit 0 was switched off");
  for (int polls = 0; mmio::read(base, UnitOp::timer_unit_value_valid, unit0) == 0; ++polls) {
    if (polls == most_polls) no_answer();
  }
  // A handler that asks for the time in between replaces the copy, with a later time, which is as good. Only
  // its halves must not be mixed.
  for (int reads = 0; reads < most_polls; ++reads) {
    const std::uint32_t low = mmio::read<UnitValueLo>(base, unit0);
    const std::uint32_t high = mmio::read<UnitValueHi>(base, unit0);
    if (mmio::read<UnitValueLo>(base, unit0) == low) {
      return Instant::from_ticks(std::uint64_t{high} << 32 | low);
    }
  }
  no_answer();
}

void delay(Duration span) { delay_until(time::now() + span); }

void delay_until(Instant end) {
  Instant now = time::now();
  if (end - now >= shortest_sleep) {
    interrupt::attach(interrupt::Source::systimer_target0, 1, disarm);
    while (now < end) {
      {
        // With interrupts off the CPU wakes too, and no handler can come between arming and sleeping. A
        // handler that itself delays may move the comparator, so it is armed anew after every wake.
        const interrupt::CriticalSection guard;
        arm(std::min(end, now + longest_sleep));
        interrupt::wait_for_interrupt();
      }
      now = time::now();
    }
    const interrupt::CriticalSection guard;
    disarm();
    return;
  }
  while (now < end) now = time::now();
}

}  // namespace ferry
