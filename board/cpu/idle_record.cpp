#include "board/cpu/idle_record.hpp"

#include "board/cpu/cpu.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::board {

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

bool LoopRecord::is_known() const { return known_ && cpu_.watches_.version() == watches_version_; }

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

}  // namespace ferry::board
