#include "board/cpu/idle_record.hpp"

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
  start_cycles_ = cpu_.count_.cycles;
  start_instructions_ = cpu_.count_.instructions;
  at_check_ = true;
  standstill_ = true;
  at_start_ = cpu_.registers_;
  written_ = read_first_ = 0;
  loads_ = stores_ = 0;
  accesses_.fill(0);
  checks_.clear();
  requests_.clear();
  memory_inputs_.clear();
  register_inputs_.clear();
  limit_ = {};
}

void LoopRecord::begin_survey() {
  begin();
  proves_ = false;
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

void LoopRecord::begin_proof() {
  for (std::size_t number = 0; number < register_count; ++number) {
    now_[number] = Trend::linear(cpu_.registers_[number], slopes_[number]);
    histories_[number].clear();
  }
  for (Word& word : words_) {
    word.expected = memory_value(word.offset, 4);
    word.now = Trend::linear(word.expected, word.slope);
    word.read_first = false;
    word.history.clear();
  }
  const Time now = cpu_.now();
  for (Copy& copy : copies_) {
    copy.relation = copy.copy->relation(now);
    copy.course = copy.copy->course();
  }
  begin();
  proves_ = true;
}

std::uint32_t LoopRecord::elapsed() const {
  return static_cast<std::uint32_t>(cpu_.count_.cycles - start_cycles_);
}

bool LoopRecord::in_rhythm() const {
  const Time passed = elapsed() * cpu_.period_;
  return std::ranges::all_of(copies_,
                             [passed](const Copy& each) { return passed % each.copy->period() == 0; });
}

void LoopRecord::add_check(std::uint32_t pc, bool before_access) {
  if (!proves_) return;
  checks_.push_back(
      {.cycles = elapsed(),
       .instructions = static_cast<std::uint32_t>(cpu_.count_.instructions - start_instructions_),
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
  }
  return now_[number];
}

void LoopRecord::set(std::uint8_t number, const Trend& trend) {
  if (number == discarded) return;
  written_ |= std::uint64_t{1} << number;
  now_[number] = trend;
  if (!trend.is_constant()) standstill_ = false;
  histories_[number].push_back(
      {.instructions = static_cast<std::uint32_t>(cpu_.count_.instructions - start_instructions_),
       .trend = trend});
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

bool LoopRecord::is_asked(const CounterCopy* copy) const {
  return std::ranges::find(copies_, copy, &Copy::copy) != copies_.end();
}

// ---- Before an instruction

bool LoopRecord::before(const Slot& slot, std::uint32_t pc) {
  const Operation operation = slot.operation;
  pending_ = {};
  pending_.pc = pc;
  pending_.looks = cpu_.region_->looks_at_clock(&slot);
  if (is_csr(operation)) return before_csr(slot);
  if (static_cast<std::uint8_t>(operation) >= engine_operation_count) return false;

  if (reads_source(operation)) pending_.a = use(slot.source);
  if (is_register_register(operation)) {
    pending_.b = use(static_cast<std::uint8_t>(slot.immediate));
  } else if (is_store(operation) || is_branch(operation)) {
    pending_.b = use(slot.destination);
  } else {
    pending_.b = Trend::constant(static_cast<std::uint32_t>(slot.immediate));
  }

  if (is_branch(operation)) return !proves_ || keep_decision(operation, pending_.a, pending_.b, limit_);
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
  if ((cpu_.memory_.line_flags()[offset / Memory::line_size] & line_read_watched) != 0) return false;
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
  constexpr std::uint8_t marked = line_write_watched | line_holds_code;
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
  pending_.source = Pending::Source::steady;
  if (place->device == nullptr) return true;  // nothing there, or closed: always 0

  const Time now = cpu_.now();
  const auto [part, copy, bits] = place->device->counter_copy(place->offset);
  if (part != Part::none) {
    if (!proves_) return true;
    if (is_asked(copy)) {
      const std::int64_t periods = static_cast<std::int64_t>(length_ * cpu_.period_ / copy->period());
      pending_.copy = copy;
      pending_.slope = copy->step() * periods;
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
  if (!is_asked(copy)) {
    if (proves_ || copies_.size() == most_copies) return false;
    copies_.push_back({.copy = copy});
  }
  const auto executed = static_cast<std::uint32_t>(cpu_.count_.instructions - start_instructions_);
  requests_.push_back({.copy = copy, .instructions = executed + 1, .cycles = elapsed()});
  standstill_ = false;
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
  if ((counter.mode() & enable) == 0) return true;
  if ((counter.mode() & saturate) != 0) return false;
  const std::uint32_t events = counter.events() & ~performance_event::idle;
  pending_.source = Pending::Source::counter;
  if ((events & performance_event::cycle) != 0) {
    pending_.slope = static_cast<std::int64_t>(length_);
  } else if (events == performance_event::instruction) {
    pending_.slope = static_cast<std::int64_t>(instructions_);
  } else {
    return false;
  }
  return true;
}

// ---- After it

bool LoopRecord::after(const Slot& slot) {
  const std::uint64_t executed = cpu_.count_.instructions - start_instructions_;
  at_check_ = pending_.looks;
  if (at_check_) add_check(cpu_.pc_, false);
  if (!proves_) return true;

  const Operation operation = slot.operation;
  if (operation == nop || is_branch(operation)) return true;
  if (is_store(operation)) {
    Word* const word = pending_.word;
    if (word == nullptr) return true;  // a register
    const std::uint32_t value = memory_value(word->offset, 4);
    Trend trend = pending_.b;
    if (access_width(operation) != 4) {
      if (!trend.is_constant() || !word->now.is_constant()) return false;
      if (word->history.empty()) word->read_first = true;
      trend = Trend::constant(value);
    }
    word->now = trend;
    word->history.push_back({.instructions = static_cast<std::uint32_t>(executed), .trend = trend});
    if (!trend.is_constant()) standstill_ = false;
    return trend.word(0) == value;
  }

  const std::uint32_t value = cpu_.registers_[slot.destination];
  const auto trend = is_load(operation) || is_csr(operation) ? loaded(slot, value)
                     : is_jump(operation)                    ? Trend::constant(value)
                                          : follow(operation, pending_.a, pending_.b, value, limit_);
  if (!trend || trend->word(0) != value) return false;
  set(slot.destination, *trend);
  return true;
}

std::optional<Trend> LoopRecord::loaded(const Slot& slot, std::uint32_t value) {
  using enum Pending::Source;
  const std::uint32_t width = access_width(slot.operation);
  switch (pending_.source) {
    case memory:
      memory_inputs_.push_back(
          {.offset = pending_.offset, .width = width, .value = memory_value(pending_.offset, width)});
      return Trend::constant(value);
    case word: {
      Word& word = *pending_.word;
      if (word.now.word(0) != memory_value(word.offset, 4)) return std::nullopt;  // an event has written it
      if (word.history.empty()) {
        word.read_first = true;
        limit_.keep_word(word.now);
      }
      if (word.now.is_constant()) return Trend::constant(value);
      if (width != 4) return std::nullopt;
      return word.now;
    }
    case input:
      pending_.input.value = value & pending_.input.mask;
      register_inputs_.push_back(pending_.input);
      return Trend::constant(value);
    case copy_low:
    case counter: {
      const Trend trend = Trend::linear(value, pending_.slope);
      limit_.keep_word(trend);
      return trend;
    }
    case copy_high: {
      // The same as long as the lower word does not overflow.
      const auto low = static_cast<std::uint32_t>(pending_.copy->copied(cpu_.timeline_.now()));
      limit_.keep_word(Trend::linear(low, pending_.slope));
      return Trend::constant(value);
    }
    default:
      return Trend::constant(value);
  }
}

// ---- The end

bool LoopRecord::conclude() {
  if (limit_.last() == 0 || checks_.empty() || checks_.back().instructions != instructions_) return false;
  // What a pass reads before it writes it must begin the next pass with the difference that was assumed.
  const auto leads_back = [](const Trend& end, std::uint32_t start, std::int64_t slope) {
    return end.divisor == 1 && end.slope == slope && end.word(0) == start + static_cast<std::uint32_t>(slope);
  };
  for (std::size_t number = 1; number < discarded; ++number) {
    const bool written = (written_ >> number & 1) != 0, read_first = (read_first_ >> number & 1) != 0;
    if (!written && slopes_[number] != 0) return false;
    if (written && read_first && !leads_back(now_[number], at_start_[number], slopes_[number])) return false;
  }
  for (Word& word : words_) {
    if (memory_value(word.offset, 4) != (word.history.empty() ? word.expected : word.now.word(0)))
      return false;
    if (word.history.empty() && word.slope != 0) return false;
    if (!word.history.empty() && word.read_first && !leads_back(word.now, word.expected, word.slope))
      return false;
    word.steady = word.slope == 0 && std::ranges::all_of(word.history, [&word](const Change& change) {
                    return change.trend.is_constant() && change.trend.word(0) == word.expected;
                  });
  }
  const Time now = cpu_.now();
  for (Copy& copy : copies_)
    if (copy.copy->relation(now) != copy.relation || copy.copy->course() != copy.course) return false;
  if (limit_.last() != PassLimit::none) standstill_ = false;
  for (Word& word : words_) word.expected = memory_value(word.offset, 4);
  return holds();
}

bool LoopRecord::expect_start(std::span<const std::uint32_t> registers) {
  for (Word& word : words_)
    if (!word.history.empty()) word.expected = word.history.back().trend.word(0);
  for (std::size_t number = 1; number < discarded; ++number)
    if ((read_first_ >> number & 1) != 0 && registers[number] != at_start_[number]) return false;
  return true;
}

bool LoopRecord::holds() const {
  constexpr std::uint8_t watched = line_read_watched | line_write_watched;
  const std::uint8_t* const flags = cpu_.memory_.line_flags();
  for (const MemoryInput& input : memory_inputs_)
    if (memory_value(input.offset, input.width) != input.value ||
        (flags[input.offset / Memory::line_size] & line_read_watched) != 0)
      return false;
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

void LoopRecord::put_memory(std::uint64_t pass, const Check& check) {
  for (Word& word : words_) {
    if (word.steady) continue;
    const Trend* const trend = find(word.history, check.instructions);
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
    registers[number] = trend != nullptr ? trend->word(pass) : history.back().trend.word(pass - 1);
  }
}

// What a copy holds depends on the last request and, until that is answered, on the one before. A request
// that was answered before the next one came hides all that was earlier.
void LoopRecord::put_copies(std::uint64_t pass_start, const Check& check) {
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
    if (!collect(pass_start, check.instructions)) collect(pass_start - length_, ~0u);
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
