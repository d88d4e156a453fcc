// Which blocks are translated, and until when.
//
// Places where blocks begin that may be executed often (where control arrived first, and where loops go back
// to) are watched: their handler counts. A translation begins at the one that was visited often enough and
// takes in what lies behind it and has been decoded, so that a loop is usually one translation.
#include "board/cpu/code.hpp"

#include <algorithm>

namespace ferry::board {

namespace {

// One or two instructions are no faster translated.
constexpr std::size_t shortest = 3;

bool is_overlay(Handler handler) {
  return handler == handlers::counted() || handler == handlers::translated();
}

}  // namespace

void CodeRegion::translate_after(unsigned visits) {
  translate_after_ = visits;
  while (!translations_.empty()) drop_translation(translations_.begin());
}

// Of a run of slots that was decoded just now, `last` being where it ends.
void CodeRegion::watch_heads(std::uint32_t first, std::uint32_t last) {
  if (translate_after_ == 0) return;
  watch(first);
  const Slot& end = slots_[last];
  if ((is_branch(end.operation) || end.operation == Operation::jal) && end.immediate < 0) {
    const std::uint32_t target = target_of(last, end);
    if (is_translatable(last) && prepared(target)) watch(target);
  }
}

void CodeRegion::watch(std::uint32_t index) {
  if (translate_after_ == 0 || !is_translatable(index) || is_overlay(slots_[index].run)) return;
  watched_[index] = {.natural = slots_[index].run};
  slots_[index].run = handlers::counted();
}

void CodeRegion::unwatch(std::uint32_t index) {
  if (!is_overlay(slots_[index].run)) return;
  const auto place = watched_.find(index);
  slots_[index].run = place->second.natural;
  watched_.erase(place);
}

Handler CodeRegion::visit(const Slot* slot) {
  const std::uint32_t index = index_of(slot);
  Watched& watched = watched_.at(index);
  if (++watched.visits < translate_after_) return watched.natural;
  watched.visits = 0;
  if (translate(index)) return handlers::translated();
  const Handler natural = watched.natural;
  unwatch(index);
  return natural;
}

bool CodeRegion::translate(std::uint32_t first) {
  if (translator_ == nullptr) translator_ = Translator::create(start_, slot_count());
  if (translator_ == nullptr) return false;
  const std::vector<TranslatedSlot> instructions = translatable_from(first);
  if (instructions.size() < shortest) return false;
  if (!translator_->translate(instructions)) {
    while (!translations_.empty()) drop_translation(translations_.begin());
    translator_->clear();
    if (!translator_->translate(instructions)) return false;
  }
  for (const TranslatedSlot& each : instructions) {
    if (!each.is_entry) continue;
    watch(each.index);
    slots_[each.index].run = handlers::translated();
  }
  const std::uint32_t last = instructions.back().index + instructions.back().slot->length;
  std::uint32_t& end = translations_[first];
  end = std::max(end, last);
  return true;
}

bool CodeRegion::is_translatable(std::uint32_t index) const {
  const Handler run = slots_[index].run;
  if (index == slot_count() || run == nullptr || run == handlers::undecoded()) return false;
  if (run == handlers::breakpoint() || run == handlers::far_transfer()) return false;
  const Operation operation = slots_[index].operation;
  if (is_loop_end(operation) && run == handlers::waiting_loop(operation, slots_[index].length)) return false;
  if (moves_stack(slots_[index]) && (operation != Operation::addi || puts_stack(slots_[index]))) return false;
  return static_cast<std::uint8_t>(operation) < engine_operation_count;
}

// The instructions behind `first`, as far as they are translatable. Behind a jump the code goes on only if
// something before goes there.
std::vector<TranslatedSlot> CodeRegion::translatable_from(std::uint32_t first) const {
  std::vector<TranslatedSlot> instructions;
  std::uint32_t index = first, reached = first;  // by jumps forward
  bool is_entry = true;
  while (instructions.size() < Translator::longest && is_translatable(index)) {
    const Slot& slot = slots_[index];
    const Operation operation = slot.operation;
    const bool checks = is_checkpoint(index) && !ends_block(operation);
    instructions.push_back({.index = index,
                            .slot = &slot,
                            .is_entry = is_entry || is_overlay(slot.run),
                            .checks = checks,
                            .moves_stack = moves_stack(slot)});
    if (is_branch(operation) || operation == Operation::jal)
      reached = std::max(reached, target_of(index, slot));
    is_entry = ends_block(operation) || checks;
    index += slot.length;
    const bool comes_back = is_jump(operation) && slot.destination != discarded;
    if (is_jump(operation) && !comes_back && reached < index) break;
  }
  for (const TranslatedSlot& each : instructions) {
    if (!is_branch(each.slot->operation) && each.slot->operation != Operation::jal) continue;
    const auto place =
        std::ranges::lower_bound(instructions, target_of(each.index, *each.slot), {}, &TranslatedSlot::index);
    if (place != instructions.end() && place->index == target_of(each.index, *each.slot))
      place->is_entry = true;
  }
  return instructions;
}

// Those that contain anything of [first, last).
void CodeRegion::drop_translations(std::uint32_t first, std::uint32_t last) {
  constexpr std::uint32_t longest = 2 * Translator::longest;
  auto place = translations_.lower_bound(first < longest ? 0 : first - longest);
  while (place != translations_.end() && place->first < last) {
    const auto translation = place++;
    if (translation->second > first) drop_translation(translation);
  }
}

void CodeRegion::drop_translation(std::map<std::uint32_t, std::uint32_t>::iterator translation) {
  const auto [first, last] = *translation;
  translations_.erase(translation);
  translator_->forget(first, last);
  for (std::uint32_t index = first; index < last; ++index)
    if (slots_[index].run == handlers::translated()) slots_[index].run = handlers::counted();
}

}  // namespace ferry::board
