// Breakpoints among decoded code.
//
// The slot's handler is replaced, so that execution pays nothing elsewhere and pauses without a look at the
// clock: what runs after the pause is what would have run without it.
#include "board/cpu/code.hpp"

namespace ferry::board {

void CodeRegion::set_breakpoint(std::uint32_t pc) {
  const std::uint32_t index = (pc - start_) / 2;
  prepare(index);
  const auto [place, added] = breakpoints_.try_emplace(index, nullptr);
  if (!added) return;
  drop_translations(index, index + 1);
  unwatch(index);
  cover(place);
  separate(index);
}

// Nobody may reach the instruction as the second of a pair, nor leave it together with the next one only to
// find that one's breakpoint passed.
void CodeRegion::separate(std::uint32_t index) {
  change_pairs(index, [this](const Slot& slot, Handler& handler) {
    const bool plain =
        handler == alone(slot, true) || handler == handlers::far_transfer() || ends_block(slot.operation);
    if (!plain) handler = alone(slot, false);
  });
}

void CodeRegion::remove_breakpoint(std::uint32_t pc) {
  const auto place = breakpoints_.find((pc - start_) / 2);
  if (place == breakpoints_.end()) return;
  const auto [index, beneath] = *place;
  breakpoints_.erase(place);
  if (slots_[index].run == handlers::breakpoint()) slots_[index].run = beneath;
  change_pairs(index, [this](const Slot& slot, Handler& handler) {
    if (ends_block(slot.operation) || handler != handlers::single(slot.operation, slot.length)) return;
    if ((&slot)[slot.length].run == handlers::undecoded()) return;
    if (const Handler both = fused_with_next(slot)) handler = both;
  });
  watch(index);
}

Handler CodeRegion::natural_handler(const Slot* slot) const {
  if (slot->run == handlers::breakpoint()) return breakpoints_.at(index_of(slot));
  if (slot->run == handlers::counted() || slot->run == handlers::translated())
    return watched_.at(index_of(slot)).natural;
  return slot->run;
}

// Puts the breakpoint over its slot, unless that is not decoded: then decoding it does.
void CodeRegion::cover(std::map<std::uint32_t, Handler>::iterator breakpoint) {
  Slot& slot = slots_[breakpoint->first];
  if (slot.run == handlers::undecoded() || slot.run == handlers::breakpoint()) return;
  breakpoint->second = slot.run;
  slot.run = handlers::breakpoint();
}

Handler& CodeRegion::natural_handler(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.run == handlers::breakpoint()) return breakpoints_.at(index);
  if (slot.run == handlers::counted() || slot.run == handlers::translated())
    return watched_.at(index).natural;
  return slot.run;
}

// Those decoded instructions directly before `index` that could be one half of a pair with it.
template <class Change>
void CodeRegion::change_pairs(std::uint32_t index, Change change) {
  for (const std::uint32_t length : {1u, 2u}) {
    if (index < length || !prepared(index - length)) continue;
    const Slot& slot = slots_[index - length];
    if (slot.length != length || slot.run == handlers::undecoded()) continue;
    change(slot, natural_handler(index - length));
  }
}

}  // namespace ferry::board
