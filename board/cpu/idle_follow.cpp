// A pass, instruction by instruction: what each is about to do, and how what it did will differ in the passes
// to come.
#include "board/cpu/compute.hpp"
#include "board/cpu/cpu.hpp"
#include "board/cpu/idle_record.hpp"

#include <algorithm>

namespace ferry::board {

namespace map = chip::memory_map;

namespace {

using enum Operation;
using Part = CopyRegister::Part;

bool reads_source(Operation operation) {
  return operation != li && operation != nop && operation != jal && operation <= jalr;
}

std::uint32_t mask_of(std::uint32_t width) { return width == 4 ? ~0u : (1u << 8 * width) - 1; }

// What the handlers reach without asking the bus.
bool is_plain(std::uint32_t address, std::uint32_t width) { return map::sram1_data.contains(address, width); }

}  // namespace

// ---- Before an instruction

bool LoopRecord::before(const Slot& slot, std::uint32_t pc) {
  const Operation operation = slot.operation;
  pending_ = {};
  pending_.pc = pc;
  pending_.looks = cpu_.region_->looks_at_clock(&slot);
  Step& step = pending_.step;
  step.operation = operation;
  step.instruction = executed();
  limit_.at(step.instruction);
  if (is_csr(operation)) return before_csr(slot);
  if (static_cast<std::uint8_t>(operation) >= engine_operation_count) return false;

  const auto from_register = [this](std::uint8_t number, Trend& trend, LoopScript::Operand& operand) {
    trend = use(number);
    operand = {.sources = sources_[number], .value = cpu_.registers_[number], .number = number};
  };
  if (reads_source(operation)) from_register(slot.source, pending_.a, step.a);
  if (is_register_register(operation)) {
    from_register(static_cast<std::uint8_t>(slot.immediate), pending_.b, step.b);
  } else if (is_store(operation) || is_branch(operation)) {
    from_register(slot.destination, pending_.b, step.b);
  } else {
    step.b.value = static_cast<std::uint32_t>(slot.immediate);
    pending_.b = Trend::constant(step.b.value);
  }

  if (is_branch(operation)) return !proves_ || keep_decision(operation, pending_.a, pending_.b, limit_);
  if (operation == jalr || is_load(operation) || is_store(operation)) script_.pin(step.a.sources);
  if (operation == jalr) return !proves_ || pending_.a.is_constant();
  if (!is_load(operation) && !is_store(operation)) return true;

  if (proves_ && !pending_.a.is_constant()) return false;
  const std::uint32_t width = access_width(operation);
  const std::uint32_t address =
      cpu_.registers_[slot.source] + static_cast<std::uint32_t>(slot.immediate) + access_bias;
  if (address % width != 0) return false;
  pending_.address = address;
  if (const auto offset = Memory::offset(address, width)) {
    pending_.offset = *offset;
    return is_load(operation) ? before_memory_load(slot, address, *offset)
                              : before_memory_store(slot, address, *offset);
  }
  return is_load(operation) ? before_register_load(slot, address) : before_register_store(slot, address);
}

bool LoopRecord::before_memory_load(const Slot& slot, std::uint32_t address, std::uint32_t offset) {
  const std::uint32_t width = access_width(slot.operation);
  if (cpu_.watches_.may_stop() &&
      (cpu_.memory_.line_flags()[offset / Memory::line_size] & line_read_watched) != 0)
    return false;
  if (!is_plain(address, width)) {
    const bool data_bus = map::rtc_fast.contains(address, width);
    if (!data_bus && width != 4) return false;  // the instruction bus carries words
    add_check(pending_.pc, true);
    pending_.looks = true;
  }
  pending_.word = word_at(offset);
  pending_.source = pending_.word != nullptr ? Pending::Source::word : Pending::Source::memory;
  return pending_.word != nullptr || memory_inputs_.size() < most_inputs;
}

bool LoopRecord::before_memory_store(const Slot& slot, std::uint32_t address, std::uint32_t offset) {
  constexpr std::uint8_t marked = line_write_watched | line_holds_code | line_unwritten;
  if (!is_plain(address, access_width(slot.operation))) return false;
  if ((cpu_.memory_.line_flags()[offset / Memory::line_size] & marked) != 0) return false;
  pending_.word = word_at(offset);
  if (pending_.word != nullptr) return true;
  if (proves_ || words_.size() == most_words) return false;
  words_.push_back({.offset = offset & ~3u, .expected = memory_value(offset & ~3u, 4)});
  return true;
}

bool LoopRecord::before_register_load(const Slot& slot, std::uint32_t address) {
  const std::uint32_t width = access_width(slot.operation);
  const auto place = cpu_.bus_.register_place(address, width);
  if (!place) return false;
  add_check(pending_.pc, true);
  pending_.looks = true;
  if (!count_access(address, false)) return false;
  note_place(address, width, place->device);
  pending_.source = Pending::Source::steady;
  if (place->device == nullptr) return true;  // nothing there, or closed: always 0

  const Time now = cpu_.now();
  const auto [part, copy, bits] = place->device->counter_copy(place->offset);
  if (part != Part::none) {
    if (!proves_) return true;
    pending_.copy = asked(copy);
    if (pending_.copy != nullptr) {
      pending_.copy->read_first |= std::ranges::find(requests_, copy, &Request::copy) == requests_.end();
      const std::int64_t periods = static_cast<std::int64_t>(length_ * cpu_.period_ / copy->period());
      pending_.step.slope = copy->step() * periods;
      if (part == Part::request) return true;  // the same in every pass
      if (part == Part::low_word) {
        pending_.source = Pending::Source::copy_low;
        return width == 4;
      }
      pending_.source = Pending::Source::copy_high;
      return true;
    }
  }
  if (place->device->steady_until(place->offset) <= now) return false;
  pending_.source = Pending::Source::input;
  pending_.input = {.device = place->device,
                    .offset = place->offset,
                    .lane = 8 * (address % 4),
                    .mask = mask_of(width),
                    .value = 0};
  return register_inputs_.size() < most_inputs;
}

bool LoopRecord::before_register_store(const Slot& slot, std::uint32_t address) {
  const std::uint32_t width = access_width(slot.operation);
  const auto place = cpu_.bus_.register_place(address, width);
  if (!place || place->device == nullptr || width != 4) return false;
  const auto [part, copy, bits] = place->device->counter_copy(place->offset);
  if (part != Part::request || (cpu_.registers_[slot.destination] & bits) == 0) return false;
  if (proves_ && !pending_.b.is_constant()) return false;
  add_check(pending_.pc, true);
  pending_.looks = true;
  if (!count_access(address, true)) return false;
  note_place(address, width, place->device);
  script_.pin(pending_.step.b.sources);
  if (asked(copy) == nullptr) {
    if (proves_ || copies_.size() == most_copies) return false;
    copies_.push_back({.copy = copy});
  }
  requests_.push_back({.copy = copy, .instructions = executed() + 1, .cycles = elapsed()});
  return true;
}

// Reads only: setting or clearing nothing.
bool LoopRecord::before_csr(const Slot& slot) {
  const bool swaps = slot.operation == csrrw || slot.operation == csrrwi;
  if (swaps || slot.source != 0) return false;
  add_check(pending_.pc, true);
  pending_.looks = true;
  pending_.source = Pending::Source::steady;
  const std::uint32_t number = static_cast<std::uint32_t>(slot.immediate) >> 20;
  if (number == csr::gpio_input) return false;
  if (number != csr::mpccr && number != csr::upccr) return true;

  constexpr std::uint32_t enable = 1, saturate = 2;
  const PerformanceCounter& counter = cpu_.control_.performance();
  control_inputs_.push_back({.number = csr::mpcer, .value = counter.events()});
  control_inputs_.push_back({.number = csr::mpcmr, .value = counter.mode()});
  if ((counter.mode() & enable) == 0) return true;
  if ((counter.mode() & saturate) != 0) return false;
  const std::uint32_t events = counter.events() & ~performance_event::idle;
  pending_.source = Pending::Source::counter;
  if ((events & performance_event::cycle) != 0) {
    pending_.step.slope = static_cast<std::int64_t>(length_);
    pending_.step.offset = elapsed();
  } else if (events == performance_event::instruction) {
    pending_.step.slope = static_cast<std::int64_t>(instructions_);
    pending_.step.offset = executed();
  } else {
    return false;
  }
  return true;
}

// ---- After it

bool LoopRecord::after(const Slot& slot) {
  at_check_ = pending_.looks;
  if (at_check_) add_check(cpu_.pc_, false);
  if (!proves_) return true;

  const Operation operation = slot.operation;
  Step& step = pending_.step;
  step.sources = step.a.sources | step.b.sources;
  if (operation == nop) return true;
  if (is_branch(operation)) {
    step.kind = Step::Kind::branch;
    step.taken = board::holds(operation, step.a.value, step.b.value);
    script_.add(step);
    return true;
  }
  if (is_store(operation)) return pending_.word == nullptr || stored(slot);

  const std::uint32_t value = cpu_.registers_[slot.destination];
  std::optional<Trend> trend;
  if (is_load(operation) || is_csr(operation)) {
    step.sources = 0;  // the address is pinned
    trend = loaded(slot, value);
  } else if (is_jump(operation)) {
    step.sources = 0;  // where it leads, too
    trend = Trend::constant(value);
  } else {
    trend = follow(operation, pending_.a, pending_.b, value, limit_);
  }
  if (!trend || trend->word(0) != value) return false;
  set(slot.destination, *trend);
  return true;
}

bool LoopRecord::stored(const Slot& slot) {
  Word& word = *pending_.word;
  Step& step = pending_.step;
  const std::uint32_t value = memory_value(word.offset, 4);
  Trend trend = pending_.b;
  Sources sources = step.b.sources;
  if (access_width(slot.operation) != 4) {
    if (!trend.is_constant() || !word.now.is_constant()) return false;
    read_first(word);
    script_.pin(sources | word.sources);
    trend = Trend::constant(value);
    sources = 0;
  }
  word.now = trend;
  word.sources = step.sources = sources;
  step.kind = Step::Kind::store;
  step.place = static_cast<std::uint32_t>(&word - words_.data());
  step.change = static_cast<std::uint32_t>(word.history.size());
  word.history.push_back({.instructions = executed(), .trend = trend});
  script_.add(step);
  return trend.word(0) == value;
}

std::optional<Trend> LoopRecord::loaded(const Slot& slot, std::uint32_t value) {
  using enum Pending::Source;
  const std::uint32_t width = access_width(slot.operation);
  Step& step = pending_.step;
  switch (pending_.source) {
    case memory: {
      const std::uint32_t bytes = memory_value(pending_.offset, width);
      auto input = std::ranges::find_if(memory_inputs_, [&](const MemoryInput& each) {
        return each.offset == pending_.offset && each.width == width;
      });
      if (input == memory_inputs_.end()) {
        const Sources sources = script_.enter(LoopScript::Entry::Kind::input, memory_inputs_.size());
        memory_inputs_.push_back(
            {.offset = pending_.offset, .width = width, .value = bytes, .sources = sources});
        input = std::prev(memory_inputs_.end());
      }
      if (input->value != bytes) return std::nullopt;  // an event has written it
      step.kind = Step::Kind::load_input;
      step.place = static_cast<std::uint32_t>(input - memory_inputs_.begin());
      step.sources = input->sources;
      return Trend::constant(value);
    }
    case word: {
      Word& word = *pending_.word;
      if (word.now.word(0) != memory_value(word.offset, 4)) return std::nullopt;  // an event has written it
      read_first(word);
      step.kind = Step::Kind::load_word;
      step.place = static_cast<std::uint32_t>(&word - words_.data());
      step.sources = word.sources;
      if (width != 4) script_.pin(word.sources);
      if (word.now.is_constant()) return Trend::constant(value);
      if (width != 4) return std::nullopt;
      return word.now;
    }
    case input: {
      RegisterInput& read = pending_.input;
      read.value = value & read.mask;
      const auto same = std::ranges::find_if(register_inputs_, [&read](const RegisterInput& each) {
        return each.device == read.device && each.offset == read.offset && each.lane == read.lane &&
               each.mask == read.mask;
      });
      if (same == register_inputs_.end())
        register_inputs_.push_back(read);
      else if (same->value != read.value)
        return std::nullopt;
      return Trend::constant(value);
    }
    case copy_low:
    case copy_high: {
      const Copy& copy = *pending_.copy;
      const bool is_low = pending_.source == copy_low;
      const std::uint32_t low =
          is_low ? value : static_cast<std::uint32_t>(copy.copy->copied(cpu_.timeline_.now()));
      const Trend trend = Trend::linear(low, step.slope);
      limit_.keep_word(trend);
      step.kind = is_low ? Step::Kind::low : Step::Kind::high;
      step.place = static_cast<std::uint32_t>(&copy - copies_.data());
      step.offset = std::int64_t{low} - std::int64_t{static_cast<std::uint32_t>(copy.start)};
      step.sources = LoopScript::counters;
      // The higher word stays the same as long as the lower one does not overflow.
      if (!is_low) return Trend::constant(value);
      return trend;
    }
    case counter: {
      const Trend trend = Trend::linear(value, step.slope);
      limit_.keep_word(trend);
      step.kind = Step::Kind::counter;
      step.sources = LoopScript::counters;
      return trend;
    }
    default:
      if (is_csr(slot.operation))
        control_inputs_.push_back(
            {.number = static_cast<std::uint32_t>(slot.immediate) >> 20, .value = value});
      return Trend::constant(value);
  }
}

}  // namespace ferry::board
