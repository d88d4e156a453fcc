// What the machine looks like at any point of any pass of a loop that is proven.
#include "board/cpu/cpu.hpp"
#include "board/cpu/idle_record.hpp"

#include <algorithm>
#include <cstring>

namespace ferry::board {

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
