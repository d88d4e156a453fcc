// What of a proven pass depends on the values with which it begins: enough to prove it for others on paper,
// without executing it again.
//
// A loop that waits comes by again and again with another deadline, another count, a later time. Most of its
// instructions compute the same all the same: addresses, masks, what devices show. Those are left out; what
// they depend on is pinned, which means that it has to be as it was.
#pragma once

#include "board/cpu/idle_trend.hpp"
#include "board/cpu/instruction.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ferry::board {

class LoopScript {
 public:
  // Where a value comes from: a bit for each of entries(), and one for counters.
  using Sources = std::uint64_t;
  static constexpr Sources counters = Sources{1} << 63;

  // What a pass reads before it writes it.
  struct Entry {
    enum class Kind : std::uint8_t { cpu_register, word, input };
    Kind kind;
    std::uint32_t index;
  };
  struct Operand {
    Sources sources = 0;
    std::uint32_t value = 0;  // in the pass that was proven; in every one if it is pinned
    std::uint8_t number = 0;  // of the register otherwise
    bool pinned = true;
  };
  struct Step {
    enum class Kind : std::uint8_t { compute, branch, load_input, load_word, store, low, high, counter };
    Kind kind = Kind::compute;
    Operation operation{};
    std::uint8_t destination = 0;
    bool taken = false;             // a branch
    std::uint32_t instruction = 0;  // how many are before it in the pass
    std::uint32_t place = 0;        // number of the input, word or copy
    std::uint32_t change = 0;       // which change of its register or word it is
    Operand a, b;
    Sources sources = 0;
    std::int64_t slope = 0;   // of a counter
    std::int64_t offset = 0;  // of what it shows from what it is at the start of the pass
  };

  void begin();
  Sources enter(Entry::Kind kind, std::size_t index);
  void pin(Sources sources) { pinned_ |= sources; }
  void add(const Step& step);
  // Whatever it is that cannot be done on paper.
  void give_up() { complete_ = false; }
  // All that is pinned is: leaves out the steps that are the same then.
  void finish();

  bool is_pinned(Sources sources) const { return (sources & ~pinned_) == 0; }
  bool complete() const { return complete_; }
  const std::vector<Entry>& entries() const { return entries_; }
  bool pins(std::size_t entry) const { return (pinned_ >> entry & 1) != 0; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  static constexpr std::size_t most_entries = 63, most_steps = 1000;

  std::vector<Entry> entries_;
  std::vector<Step> steps_;
  Sources pinned_ = 0;
  bool complete_ = true;
};

}  // namespace ferry::board
