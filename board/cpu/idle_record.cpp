#include "board/cpu/idle_record.hpp"

#include "board/cpu/compute.hpp"
#include "board/cpu/cpu.hpp"

#include <algorithm>
#include <cstring>

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

// ---- A pass

void LoopRecord::begin() {
  watches_version_ = cpu_.watches_.version();
  start_cycles_ = cpu_.count_.cycles;
  start_instructions_ = cpu_.count_.instructions;
  at_check_ = true;
  at_start_ = cpu_.registers_;
  written_ = read_first_ = 0;
  loads_ = stores_ = 0;
  accesses_.fill(0);
  checks_.clear();
  requests_.clear();
  memory_inputs_.clear();
  register_inputs_.clear();
  places_.clear();
  control_inputs_.clear();
  limit_ = {};
  script_.begin();
}

void LoopRecord::begin_survey() {
  begin();
  proves_ = known_ = false;
  head_ = cpu_.pc_;
  period_ = cpu_.period_;
  words_.clear();
  copies_.clear();
  blocks_.clear();
}

void LoopRecord::end_survey() {
  length_ = cpu_.count_.cycles - start_cycles_;
  instructions_ = cpu_.count_.instructions - start_instructions_;
  for (std::size_t number = 0; number < register_count; ++number)
    slopes_[number] = slope_of(cpu_.registers_[number] - at_start_[number]);
  for (Word& word : words_) word.slope = slope_of(memory_value(word.offset, 4) - word.expected);
}

void LoopRecord::expect_as(const LoopRecord& other) {
  known_ = false;
  head_ = other.head_;
  period_ = other.period_;
  length_ = other.length_;
  instructions_ = other.instructions_;
  slopes_ = other.slopes_;
  words_ = other.words_;
  copies_ = other.copies_;
  blocks_ = other.blocks_;
}

void LoopRecord::begin_proof() {
  known_ = false;
  sources_.fill(0);
  for (std::size_t number = 0; number < register_count; ++number) {
    now_[number] = Trend::linear(cpu_.registers_[number], slopes_[number]);
    histories_[number].clear();
  }
  for (Word& word : words_) {
    word.expected = word.at_start = memory_value(word.offset, 4);
    word.now = Trend::linear(word.expected, word.slope);
    word.read_first = false;
    word.sources = 0;
    word.history.clear();
  }
  const Time now = cpu_.now();
  for (Copy& copy : copies_) {
    copy.phase = now % copy.copy->period();
    copy.relation = copy.copy->relation(now);
    copy.course = copy.copy->course();
    copy.start = copy.copy->count(now);
    copy.read_first = false;
  }
  begin();
  proves_ = true;
}

std::uint32_t LoopRecord::elapsed() const {
  return static_cast<std::uint32_t>(cpu_.count_.cycles - start_cycles_);
}

std::uint32_t LoopRecord::executed() const {
  return static_cast<std::uint32_t>(cpu_.count_.instructions - start_instructions_);
}

bool LoopRecord::in_rhythm() const {
  const Time passed = elapsed() * cpu_.period_;
  return std::ranges::all_of(copies_,
                             [passed](const Copy& each) { return passed % each.copy->period() == 0; });
}

void LoopRecord::add_check(std::uint32_t pc, bool before_access) {
  if (!proves_) return;
  checks_.push_back({.cycles = elapsed(),
                     .instructions = executed(),
                     .pc = pc,
                     .before_access = before_access,
                     .loads = loads_,
                     .stores = stores_,
                     .accesses = accesses_});
}

bool LoopRecord::count_access(std::uint32_t address, bool write) {
  ++(write ? stores_ : loads_);
  constexpr std::uint32_t block_mask = ~0xFFFu;
  const auto block = std::ranges::find(blocks_, address & block_mask);
  const auto index = static_cast<std::size_t>(block - blocks_.begin());
  if (block == blocks_.end()) {
    if (blocks_.size() == most_blocks) return false;
    blocks_.push_back(address & block_mask);
  }
  ++accesses_[index];
  return true;
}

const Trend& LoopRecord::use(std::uint8_t number) {
  const std::uint64_t bit = std::uint64_t{1} << number;
  if (((written_ | read_first_) & bit) == 0) {
    read_first_ |= bit;
    limit_.keep_word(now_[number]);
    if (number != 0) sources_[number] = script_.enter(LoopScript::Entry::Kind::cpu_register, number);
  }
  return now_[number];
}

void LoopRecord::set(std::uint8_t number, const Trend& trend) {
  if (number == discarded) return;
  written_ |= std::uint64_t{1} << number;
  now_[number] = trend;
  sources_[number] = pending_.step.sources;
  pending_.step.destination = number;
  pending_.step.change = static_cast<std::uint32_t>(histories_[number].size());
  histories_[number].push_back({.instructions = executed(), .trend = trend});
  script_.add(pending_.step);
}

LoopRecord::Word* LoopRecord::word_at(std::uint32_t offset) {
  const auto word = std::ranges::find(words_, offset & ~3u, &Word::offset);
  return word == words_.end() ? nullptr : &*word;
}

std::uint32_t LoopRecord::memory_value(std::uint32_t offset, std::uint32_t width) const {
  std::uint32_t value = 0;
  std::memcpy(&value, cpu_.memory_.bytes() + offset, width);
  return value;
}

LoopRecord::Copy* LoopRecord::asked(const CounterCopy* copy) {
  const auto place = std::ranges::find(copies_, copy, &Copy::copy);
  return place == copies_.end() ? nullptr : &*place;
}

void LoopRecord::read_first(Word& word) {
  if (!word.history.empty() || word.read_first) return;
  word.read_first = true;
  limit_.keep_word(word.now);
  word.sources =
      script_.enter(LoopScript::Entry::Kind::word, static_cast<std::size_t>(&word - words_.data()));
}

void LoopRecord::note_place(std::uint32_t address, std::uint32_t width, Device* device) {
  const bool noted = std::ranges::any_of(
      places_, [&](const Place& each) { return each.address == address && each.width == width; });
  if (!noted) places_.push_back({.address = address, .width = width, .device = device});
}

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

// ---- The end

// What a pass reads before it writes it must begin the next pass with the difference that was assumed.
bool LoopRecord::leads_back(const Trend& end, std::uint32_t start, std::int64_t slope) {
  return end.divisor == 1 && end.slope == slope && end.word(0) == start + static_cast<std::uint32_t>(slope);
}

bool LoopRecord::conclude() {
  if (limit_.last() == 0 || checks_.empty() || checks_.back().instructions != instructions_) return false;
  for (std::size_t number = 1; number < discarded; ++number) {
    const bool written = (written_ >> number & 1) != 0, read_first = (read_first_ >> number & 1) != 0;
    if (!written && slopes_[number] != 0) return false;
    if (written && read_first && !leads_back(now_[number], at_start_[number], slopes_[number])) return false;
  }
  for (const Word& word : words_) {
    if (memory_value(word.offset, 4) != (word.history.empty() ? word.expected : word.now.word(0)))
      return false;
    if (word.history.empty() && word.slope != 0) return false;
    if (!word.history.empty() && word.read_first && !leads_back(word.now, word.expected, word.slope))
      return false;
  }
  const Time now = cpu_.now();
  for (const Copy& copy : copies_)
    if (copy.copy->relation(now) != copy.relation || copy.copy->course() != copy.course) return false;
  pin_what_stays();
  script_.finish();
  known_ = script_.complete() && instructions_ <= longest_kept;
  first_pass_ = 1;
  for (Word& word : words_) word.expected = memory_value(word.offset, 4);
  begin_waiting();
  return holds();
}

// What a pass leaves as it was left in the proven pass must also begin the next one like this.
void LoopRecord::pin_what_stays() {
  for (bool more = true; more;) {
    more = false;
    for (std::size_t entry = 0; entry < script_.entries().size(); ++entry) {
      const auto [kind, index] = script_.entries()[entry];
      if (script_.pins(entry) || kind == LoopScript::Entry::Kind::input) continue;
      const bool is_word = kind == LoopScript::Entry::Kind::word;
      const bool written = is_word ? !words_[index].history.empty() : (written_ >> index & 1) != 0;
      if (!written || !script_.is_pinned(is_word ? words_[index].sources : sources_[index])) continue;
      script_.pin(Sources{1} << entry);
      more = true;
    }
  }
}

void LoopRecord::begin_waiting() {
  for (Word& word : words_)
    word.steady = word.slope == 0 && std::ranges::all_of(word.history, [&word](const Change& change) {
                    return change.trend.is_constant() && change.trend.word(0) == word.expected;
                  });
  last_point_ = {.pass = limit_.last(), .check = &checks_.back()};
  const auto behind = std::ranges::upper_bound(checks_, limit_.where(), {}, &Check::instructions);
  if (limit_.last() != PassLimit::none && behind != checks_.begin())
    last_point_ = {.pass = limit_.last() + 1, .check = &*std::prev(behind)};
}

bool LoopRecord::holds() const {
  constexpr std::uint8_t watched = line_write_watched | line_unwritten;
  if (cpu_.watches_.version() != watches_version_) return false;
  const std::uint8_t* const flags = cpu_.memory_.line_flags();
  for (const MemoryInput& input : memory_inputs_)
    if (memory_value(input.offset, input.width) != input.value) return false;
  for (const Word& word : words_)
    if (memory_value(word.offset, 4) != word.expected ||
        (flags[word.offset / Memory::line_size] & (watched | line_holds_code)) != 0)
      return false;
  const Time now = cpu_.timeline_.now();
  for (const RegisterInput& input : register_inputs_)
    if (input.device->steady_until(input.offset) <= now ||
        (input.device->read(input.offset) >> input.lane & input.mask) != input.value)
      return false;
  return std::ranges::all_of(copies_, [](const Copy& each) { return each.copy->course() == each.course; });
}

Time LoopRecord::steady_until() const {
  Time until = never;
  for (const RegisterInput& input : register_inputs_)
    until = std::min(until, input.device->steady_until(input.offset));
  return until;
}

// ---- Any point of any later pass

// The last change that has happened after so many instructions of a pass, or null.
const Trend* LoopRecord::find(const History& history, std::uint32_t instructions) {
  const auto behind = std::ranges::upper_bound(history, instructions, {}, &Change::instructions);
  return behind == history.begin() ? nullptr : &std::prev(behind)->trend;
}

// What the first pass has not changed yet is as the loop found it.
void LoopRecord::put_memory(std::uint64_t pass, const Check& check) {
  for (Word& word : words_) {
    if (word.steady) continue;
    const Trend* const trend = find(word.history, check.instructions);
    if (trend == nullptr && pass == first_pass_) continue;
    word.expected = trend != nullptr ? trend->word(pass) : word.history.back().trend.word(pass - 1);
    std::memcpy(cpu_.memory_.bytes() + word.offset, &word.expected, sizeof word.expected);
  }
}

void LoopRecord::put_registers(std::uint64_t pass, const Check& check,
                               std::span<std::uint32_t> registers) const {
  for (std::size_t number = 1; number < discarded; ++number) {
    const History& history = histories_[number];
    if (history.empty()) continue;
    const Trend* const trend = find(history, check.instructions);
    if (trend == nullptr && pass == first_pass_) continue;
    registers[number] = trend != nullptr ? trend->word(pass) : history.back().trend.word(pass - 1);
  }
}

// What a copy holds depends on the last request and, until that is answered, on the one before. A request
// that was answered before the next one came hides all that was earlier.
void LoopRecord::put_copies(std::uint64_t pass, std::uint64_t pass_start, const Check& check) {
  if (requests_.empty()) return;
  for (Copy& copy : copies_) {
    Time next = cpu_.time_at(pass_start + check.cycles);
    request_times_.clear();
    const auto collect = [&](std::uint64_t start, std::uint32_t instructions) {
      for (std::size_t index = requests_.size(); index-- > 0;) {
        const Request& request = requests_[index];
        if (request.copy != copy.copy || request.instructions > instructions) continue;
        const Time when = cpu_.time_at(start + request.cycles);
        request_times_.push_back(when);
        if (next - when >= copy.copy->period()) return true;
        next = when;
      }
      return false;
    };
    const bool hidden = collect(pass_start, check.instructions);
    if (!hidden && pass != first_pass_) collect(pass_start - length_, ~0u);
    for (std::size_t index = request_times_.size(); index-- > 0;) copy.copy->request(request_times_[index]);
    copy.put = copy.copy->relation(cpu_.time_at(pass_start + check.cycles));
  }
}

bool LoopRecord::copies_as_put() const {
  const Time now = cpu_.now();
  return std::ranges::all_of(copies_,
                             [now](const Copy& each) { return each.copy->relation(now) == each.put; });
}

}  // namespace ferry::board
