// A proven pass, followed on paper with other values than it had.
#include "board/cpu/compute.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/idle_record.hpp"

#include <algorithm>

namespace ferry::board {

using EntryKind = LoopScript::Entry::Kind;

bool LoopRecord::resume() {
  if (!starts_alike()) return false;
  enter_anew();
  if (!holds()) return false;
  for (const Step& step : script_.steps())
    if (!follow_anew(step)) return false;
  if (!comes_back()) return false;
  first_pass_ = 0;
  begin_waiting();
  return true;
}

// Timers, what is pinned, CSRs and gates. Registers of devices are left to holds().
bool LoopRecord::starts_alike() const {
  const Time now = cpu_.now();
  for (const Copy& copy : copies_)
    if (now % copy.copy->period() != copy.phase) return false;
  for (std::size_t entry = 0; entry < script_.entries().size(); ++entry) {
    if (!script_.pins(entry)) continue;
    const auto [kind, index] = script_.entries()[entry];
    if (kind == EntryKind::cpu_register && cpu_.registers_[index] != at_start_[index]) return false;
    if (kind == EntryKind::word && memory_value(words_[index].offset, 4) != words_[index].at_start)
      return false;
  }
  for (const Copy& copy : copies_)
    // What was asked before does not matter where the loop asks anew before it reads.
    if (copy.copy->course() != copy.course || (copy.read_first && copy.copy->relation(now) != copy.relation))
      return false;
  for (const ControlInput& input : control_inputs_)
    if (cpu_.csr(input.number) != input.value) return false;
  return std::ranges::all_of(places_, [this](const Place& place) {
    const auto answers = cpu_.bus_.register_place(place.address, place.width);
    return answers && answers->device == place.device;
  });
}

void LoopRecord::enter_anew() {
  limit_ = {};
  for (Word& word : words_) word.expected = memory_value(word.offset, 4);
  for (std::size_t entry = 0; entry < script_.entries().size(); ++entry) {
    if (script_.pins(entry)) continue;
    const auto [kind, index] = script_.entries()[entry];
    switch (kind) {
      case EntryKind::cpu_register:
        now_[index] = Trend::linear(cpu_.registers_[index], slopes_[index]);
        limit_.keep_word(now_[index]);
        break;
      case EntryKind::word:
        words_[index].now = Trend::linear(words_[index].expected, words_[index].slope);
        limit_.keep_word(words_[index].now);
        break;
      case EntryKind::input:
        memory_inputs_[index].value = memory_value(memory_inputs_[index].offset, memory_inputs_[index].width);
        break;
    }
  }
  const Time now = cpu_.now();
  for (Copy& copy : copies_) copy.start = copy.copy->count(now);
}

Trend LoopRecord::operand(const LoopScript::Operand& operand) const {
  return operand.pinned ? Trend::constant(operand.value) : now_[operand.number];
}

bool LoopRecord::follow_anew(const Step& step) {
  limit_.at(step.instruction);
  if (step.kind == Step::Kind::branch) {
    const Trend a = operand(step.a), b = operand(step.b);
    return board::holds(step.operation, a.word(0), b.word(0)) == step.taken &&
           keep_decision(step.operation, a, b, limit_);
  }
  const auto result = result_anew(step);
  if (!result) return false;
  if (step.kind == Step::Kind::store) {
    words_[step.place].now = *result;
    words_[step.place].history[step.change].trend = *result;
  } else {
    now_[step.destination] = *result;
    histories_[step.destination][step.change].trend = *result;
  }
  return true;
}

std::optional<Trend> LoopRecord::result_anew(const Step& step) {
  switch (step.kind) {
    case Step::Kind::store:
      return operand(step.b);
    case Step::Kind::load_input:
      return Trend::constant(extend(step.operation, memory_inputs_[step.place].value));
    case Step::Kind::load_word:
      return words_[step.place].now;
    case Step::Kind::low:
    case Step::Kind::high: {
      const std::uint64_t start = copies_[step.place].start;
      const std::int64_t low = static_cast<std::uint32_t>(start) + step.offset;
      if (low < 0 || low > 0xFFFF'FFFF) return std::nullopt;
      const Trend trend = Trend::linear(static_cast<std::uint32_t>(low), step.slope);
      limit_.keep_word(trend);
      if (step.kind == Step::Kind::low) return trend;
      return Trend::constant(static_cast<std::uint32_t>(start >> 32));
    }
    case Step::Kind::counter: {
      const std::uint32_t start = *cpu_.csr(csr::mpccr);
      const Trend trend = Trend::linear(start + static_cast<std::uint32_t>(step.offset), step.slope);
      limit_.keep_word(trend);
      return trend;
    }
    default: {
      const Trend a = operand(step.a), b = operand(step.b);
      const bool moves = step.operation == Operation::mv;
      const std::uint32_t value = moves ? a.word(0) : compute(step.operation, a.word(0), b.word(0));
      const auto result = follow(step.operation, a, b, value, limit_);
      if (result && result->word(0) != value) return std::nullopt;
      return result;
    }
  }
}

// What the pass leaves begins the next one with the difference that was assumed.
bool LoopRecord::comes_back() const {
  for (const auto [kind, index] : script_.entries()) {
    if (kind == EntryKind::cpu_register && (written_ >> index & 1) != 0 &&
        !script_.is_pinned(sources_[index]) &&
        !leads_back(now_[index], cpu_.registers_[index], slopes_[index]))
      return false;
    if (kind == EntryKind::word && !words_[index].history.empty() &&
        !script_.is_pinned(words_[index].sources) &&
        !leads_back(words_[index].now, words_[index].expected, words_[index].slope))
      return false;
  }
  return true;
}

}  // namespace ferry::board
