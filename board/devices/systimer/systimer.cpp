#include "board/devices/systimer/systimer.hpp"

#include "chip/esp32c3/registers/systimer.hpp"
#include "chip/esp32c3/registers/systimer_table.hpp"

namespace ferry::board {

namespace reg = chip::systimer;

Systimer::Systimer(Timeline& timeline, InterruptSink& interrupts, Observers& observers)
    : RegisterDevice("SYSTIMER", reg::registers, observers),
      timeline_(timeline),
      interrupts_(interrupts),
      comparators_{Comparator{timeline, [this] { alarm(0); }}, Comparator{timeline, [this] { alarm(1); }},
                   Comparator{timeline, [this] { alarm(2); }}} {
  reset();
}

void Systimer::reset() {
  registers_.reset();
  units_.fill(Unit{.since = now()});
  units_[0].running = registers_.get(reg::Conf::timer_unit0_work_en) != 0;
  units_[1].running = registers_.get(reg::Conf::timer_unit1_work_en) != 0;
  for (Comparator& comparator : comparators_) {
    comparator.event.cancel();
    comparator.enabled = comparator.periodic = comparator.armed = false;
    comparator.unit = 0;
    comparator.loaded_target = comparator.loaded_period = comparator.next = 0;
  }
  update_interrupts();
}

void Systimer::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(units_, comparators_);
}

std::uint64_t Systimer::value(unsigned unit) const { return value_at(unit, now()); }

std::uint64_t Systimer::value_at(unsigned unit, std::uint64_t tick) const {
  const Unit& counter = units_[unit];
  return counter.running ? (counter.value + (tick - counter.since)) & mask : counter.value;
}

void Systimer::set_running(unsigned unit, bool running) {
  Unit& counter = units_[unit];
  if (counter.running == running) return;
  take_snapshot(unit, now());
  counter.value = value(unit);
  counter.since = now();
  counter.running = running;
  schedule_for_unit(unit);
}

void Systimer::load_unit(unsigned unit) {
  take_snapshot(unit, now());
  units_[unit].value = std::uint64_t{registers_.get(reg::UnitLoadHi::timer_unit_load_hi, unit)} << 32 |
                       registers_.word<reg::UnitLoadLo>(unit);
  units_[unit].since = now();
  schedule_for_unit(unit);
}

// The counter lives in another clock domain: the copy is there at its next tick, and VALUE_VALID with it.
void Systimer::request_snapshot(unsigned unit, std::uint64_t tick) {
  take_snapshot(unit, tick);
  registers_.set(reg::UnitOp::timer_unit_value_valid, 0, unit);
  units_[unit].snapshot_pending = true;
  units_[unit].snapshot_tick = tick + 1;
}

// The copy is what it has become by `tick`.
void Systimer::take_snapshot(unsigned unit, std::uint64_t tick) {
  Unit& counter = units_[unit];
  if (!counter.snapshot_pending || tick < counter.snapshot_tick) return;
  counter.snapshot_pending = false;
  const std::uint64_t value = value_at(unit, counter.snapshot_tick);
  registers_.word<reg::UnitValueLo>(unit) = static_cast<std::uint32_t>(value);
  registers_.word<reg::UnitValueHi>(unit) = static_cast<std::uint32_t>(value >> 32);
  registers_.set(reg::UnitOp::timer_unit_value_valid, 1, unit);
}

std::uint64_t Systimer::Copy::copied(Time now) {
  timer_.take_snapshot(unit_, SystimerClock::ticks_at(now));
  const RegisterFile& registers = timer_.registers_;
  return std::uint64_t{registers.word<reg::UnitValueHi>(unit_)} << 32 |
         registers.word<reg::UnitValueLo>(unit_);
}

// How far the copy is behind, and whether a newer one is asked for: then it is there at the next tick.
std::uint64_t Systimer::Copy::relation(Time now) {
  const std::uint64_t tick = SystimerClock::ticks_at(now);
  const std::uint64_t age = (timer_.value_at(unit_, tick) - copied(now)) & mask;
  const std::uint64_t valid = timer_.registers_.get(reg::UnitOp::timer_unit_value_valid, unit_);
  return age << 2 | valid << 1 | (timer_.units_[unit_].snapshot_pending ? 1 : 0);
}

std::uint64_t Systimer::Copy::course() const {
  const Unit& counter = timer_.units_[unit_];
  return (counter.value - counter.since) << 1 | (counter.running ? 1 : 0);
}

void Systimer::load_comparator(unsigned index) {
  Comparator& comparator = comparators_[index];
  comparator.loaded_target = std::uint64_t{registers_.get(reg::TargetHi::timer_target_hi, index)} << 32 |
                             registers_.word<reg::TargetLo>(index);
  comparator.loaded_period = registers_.get(reg::TargetConf::target_period, index);
  start(comparator);
}

// CONF or TARGETn_CONF was written: enable, mode and counter take effect without COMP_LOAD.
void Systimer::configure(unsigned index) {
  Comparator& comparator = comparators_[index];
  const bool enabled = (registers_.word<reg::Conf>() >> (24 - index) & 1) != 0;
  const bool periodic = registers_.get(reg::TargetConf::target_period_mode, index) != 0;
  const unsigned unit = registers_.get(reg::TargetConf::target_timer_unit_sel, index);
  if (enabled == comparator.enabled && periodic == comparator.periodic && unit == comparator.unit) return;
  comparator.enabled = enabled;
  comparator.periodic = periodic;
  comparator.unit = unit;
  start(comparator);
}

// A comparator begins anew when it is enabled, loaded, or changes its mode or counter: the period counts from
// here, a target that is passed already alarms at once.
void Systimer::start(Comparator& comparator) {
  comparator.armed = comparator.enabled && (!comparator.periodic || comparator.loaded_period != 0);
  comparator.next = comparator.periodic ? (value(comparator.unit) + comparator.loaded_period) & mask
                                        : comparator.loaded_target;
  schedule(comparator);
}

void Systimer::schedule(Comparator& comparator) {
  comparator.event.cancel();
  const Unit& counter = units_[comparator.unit];
  if (!comparator.armed) return;
  const std::uint64_t distance = (comparator.next - value(comparator.unit)) & mask;
  // Passed means: by less than half the counter's range.
  const bool passed = distance == 0 || distance > mask / 2;
  if (passed) return comparator.event.at(timeline_.now());
  if (!counter.running) return;
  const std::uint64_t tick = now() + distance;
  // Alarms beyond the end of simulated time (213 days) never come.
  constexpr std::uint64_t last_tick = SystimerClock::ticks_at(never / 2);
  if (tick < last_tick) comparator.event.at(SystimerClock::time_of(tick));
}

void Systimer::schedule_for_unit(unsigned unit) {
  for (Comparator& comparator : comparators_)
    if (comparator.unit == unit) schedule(comparator);
}

void Systimer::alarm(unsigned index) {
  Comparator& comparator = comparators_[index];
  registers_.word<reg::IntRaw>() |= 1u << index;
  if (comparator.periodic) {
    comparator.next = (comparator.next + comparator.loaded_period) & mask;
    schedule(comparator);
  } else {
    comparator.armed = false;
  }
  update_interrupts();
}

void Systimer::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRaw>() & registers_.word<reg::IntEna>();
  registers_.word<reg::IntSt>() = status;
  interrupts_.set_source(chip::InterruptSource::systimer_target0, (status & 1) != 0);
  interrupts_.set_source(chip::InterruptSource::systimer_target1, (status & 2) != 0);
  interrupts_.set_source(chip::InterruptSource::systimer_target2, (status & 4) != 0);
}

void Systimer::Comparator::archive_state(StateArchive& archive) {
  archive(enabled, periodic, armed, unit, loaded_target, loaded_period, next, event);
}

}  // namespace ferry::board
