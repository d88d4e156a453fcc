#include "board/devices/systimer/systimer.hpp"
#include "chip/esp32c3/registers/systimer.hpp"

namespace ferry::board {

namespace reg = chip::systimer;

namespace {

// Arrays whose elements do not lie beside each other: HI and LO registers of a unit or comparator alternate.
template <class Register>
bool in(std::uint32_t offset, std::uint32_t& index) {
  index = index_of<Register>(offset);
  return index < Register::count;
}

}  // namespace

// What shows a copy changes with the answer to a request.
bool Systimer::pure(std::uint32_t offset) const {
  std::uint32_t unit = 0;
  const bool shows_copy = in<reg::UnitOp>(offset, unit) || in<reg::UnitValueLo>(offset, unit) ||
                          in<reg::UnitValueHi>(offset, unit);
  return !shows_copy || !units_[unit].snapshot_pending;
}

CopyRegister Systimer::counter_copy(std::uint32_t offset) {
  using Part = CopyRegister::Part;
  std::uint32_t unit = 0;
  if (in<reg::UnitOp>(offset, unit))
    // The same register asks and tells whether the answer is there.
    return {
        .part = Part::request, .copy = &copies_[unit], .request_bits = reg::UnitOp::timer_unit_update.mask};
  if (in<reg::UnitValueLo>(offset, unit)) return {.part = Part::low_word, .copy = &copies_[unit]};
  if (in<reg::UnitValueHi>(offset, unit)) return {.part = Part::high_word, .copy = &copies_[unit]};
  return {};
}

std::uint32_t Systimer::read(std::uint32_t offset) {
  take_snapshot(0, now());
  take_snapshot(1, now());
  return registers_.load(offset);
}

void Systimer::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  std::uint32_t index = 0;
  if (offset == reg::Conf::offset) {
    set_running(0, reg::Conf::timer_unit0_work_en.get(value) != 0);
    set_running(1, reg::Conf::timer_unit1_work_en.get(value) != 0);
    for (unsigned comparator = 0; comparator < 3; ++comparator) configure(comparator);
  } else if (in<reg::UnitOp>(offset, index)) {
    if (reg::UnitOp::timer_unit_update.get(value) != 0) request_snapshot(index, now());
  } else if (in<reg::TargetConf>(offset, index)) {
    configure(index);
  } else if (in<reg::CompLoad>(offset, index)) {
    if ((value & 1) != 0) load_comparator(index);
  } else if (in<reg::UnitLoad>(offset, index)) {
    if ((value & 1) != 0) load_unit(index);
  } else if (offset == reg::IntEna::offset) {
    update_interrupts();
  } else if (offset == reg::IntClr::offset) {
    registers_.word<reg::IntRaw>() &= ~value;
    update_interrupts();
  }
}

}  // namespace ferry::board
