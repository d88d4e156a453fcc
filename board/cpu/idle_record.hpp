// What one pass of a loop did: the proof that the next passes do the same, and what the machine looks like at
// any point of them.
//
// A pass begins and ends at the same instruction. It is executed as always, one instruction at a time, and
// followed with trends: how each value will differ in the passes to come, given that registers and memory
// begin each pass with the differences that an earlier pass has shown. Where that assumption leads back to
// itself, and devices answer in each pass as they did in this one, pass n is known without executing it.
//
// A record is kept. When the CPU is at its start again, with the timers that the loop asks in the same phase,
// what depends on other values than then is followed anew on paper (LoopScript).
#pragma once

#include "board/bus.hpp"
#include "board/counter_copy.hpp"
#include "board/cpu/idle_script.hpp"
#include "board/cpu/idle_trend.hpp"
#include "board/cpu/slot.hpp"
#include "board/memory.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ferry::board {

class Cpu;

class LoopRecord {
 public:
  // A place in the loop where the CPU looks at the clock and lets events happen: a block's end, or the start
  // of an access that is not one to plain SRAM, and its end.
  static constexpr std::size_t most_blocks = 6;
  struct Check {
    std::uint32_t cycles;        // since the start of the pass
    std::uint32_t instructions;  // likewise
    std::uint32_t pc;
    bool before_access;
    std::uint32_t loads, stores;                      // of registers, since the start of the pass
    std::array<std::uint32_t, most_blocks> accesses;  // to the registers of each of blocks()
  };

  explicit LoopRecord(Cpu& cpu) : cpu_(cpu) {}

  // The first pass shows how long one is and what differs afterwards. The second one starts where it ended,
  // or later on, where the same is to be expected as of the loop that was proven last.
  void begin_survey();
  void end_survey();
  void expect_as(const LoopRecord& other);  // the same loop, from the same place
  void begin_proof();

  // Before an instruction is executed, and after. False: a pass with this instruction proves nothing.
  bool before(const Slot& slot, std::uint32_t pc);
  bool after(const Slot& slot);
  // Whether the CPU looks at the clock here, after the last instruction.
  bool at_check() const { return at_check_; }
  // Whether time stands where it stood at the start of the pass, for every counter that the loop reads.
  bool in_rhythm() const;
  // At the end of the second pass. False: it proves nothing.
  bool conclude();
  // At the start of a pass that nobody has executed yet: whether this record, which was proven before, tells
  // what it and the next ones will do. Otherwise it is as if it had not been asked.
  bool resume();

  // ---- Of a loop that is proven
  bool is_known() const;  // and can hold: other bytes may be watched since
  void forget() { known_ = false; }
  std::uint32_t head() const { return head_; }  // where its passes begin
  Time period() const { return period_; }       // the CPU's
  std::uint64_t cycles() const { return length_; }
  std::uint64_t instructions() const { return instructions_; }
  const std::vector<Check>& checks() const { return checks_; }  // the last one is the end of the pass
  const std::vector<std::uint32_t>& blocks() const { return blocks_; }
  // The number of the pass that begins now: the proven one is 0.
  std::uint64_t first_pass() const { return first_pass_; }
  // How far everything is known.
  struct Point {
    std::uint64_t pass;
    const Check* check;
  };
  const Point& last_point() const { return last_point_; }
  // What the loop reads still is what it was, and nobody watches.
  bool holds() const;
  // What the loop reads stays as it is until then, unless an event changes it.
  Time steady_until() const;

  // Memory, registers and counters' copies as they are at this check in this pass, which began at
  // `pass_start`. From one call to the next time does not go back.
  void put_memory(std::uint64_t pass, const Check& check);
  void put_copies(std::uint64_t pass, std::uint64_t pass_start, const Check& check);
  void put_registers(std::uint64_t pass, const Check& check, std::span<std::uint32_t> registers) const;
  // Nobody has asked a counter since put_copies().
  bool copies_as_put() const;

 private:
  static constexpr std::size_t most_words = 48, most_inputs = 64, most_copies = 3;
  static constexpr std::uint64_t longest_kept = 2'000;  // instructions; longer passes take too much memory
  using Step = LoopScript::Step;
  using Sources = LoopScript::Sources;

  // A trend holds from after this many instructions of the pass on.
  struct Change {
    std::uint32_t instructions;
    Trend trend;
  };
  using History = std::vector<Change>;
  // A word of memory that the loop writes.
  struct Word {
    std::uint32_t offset;
    std::uint32_t expected;  // its value: at the start of the present pass, or where the last one was left
    std::int64_t slope = 0;
    std::uint32_t at_start = 0;  // of the proven pass
    bool read_first = false;
    Sources sources = 0;
    Trend now;
    History history;
    bool steady = true;  // the same at every moment
  };
  struct MemoryInput {
    std::uint32_t offset, width, value;
    Sources sources;
  };
  struct RegisterInput {
    Device* device;
    std::uint32_t offset, lane, mask, value;
  };
  struct Copy {
    CounterCopy* copy;
    Time phase = 0;  // the counter's at the start of the pass
    std::uint64_t relation = 0, course = 0;
    std::uint64_t start = 0;  // what the counter shows there
    bool read_first = false;  // before the pass asks
    std::uint64_t put = 0;
  };
  // Who answers at an address.
  struct Place {
    std::uint32_t address, width;
    Device* device;
  };
  struct ControlInput {
    std::uint32_t number, value;
  };
  struct Request {
    CounterCopy* copy;
    std::uint32_t instructions, cycles;
  };

  void begin();
  void begin_waiting();
  std::uint32_t elapsed() const;
  std::uint32_t executed() const;
  const Trend& use(std::uint8_t number);
  void set(std::uint8_t number, const Trend& trend);
  bool stored(const Slot& slot);
  void add_check(std::uint32_t pc, bool before_access);
  bool count_access(std::uint32_t address, bool write);
  Word* word_at(std::uint32_t offset);
  bool before_memory_load(const Slot& slot, std::uint32_t address, std::uint32_t offset);
  bool before_memory_store(const Slot& slot, std::uint32_t address, std::uint32_t offset);
  bool before_register_load(const Slot& slot, std::uint32_t address);
  bool before_register_store(const Slot& slot, std::uint32_t address);
  bool before_csr(const Slot& slot);
  std::optional<Trend> loaded(const Slot& slot, std::uint32_t value);
  void read_first(Word& word);
  void note_place(std::uint32_t address, std::uint32_t width, Device* device);
  void pin_what_stays();
  std::uint32_t memory_value(std::uint32_t offset, std::uint32_t width) const;
  Copy* asked(const CounterCopy* copy);
  static const Trend* find(const History& history, std::uint32_t instructions);

  // On paper.
  bool starts_alike() const;
  void enter_anew();
  bool follow_anew(const Step& step);
  Trend operand(const LoopScript::Operand& operand) const;
  std::optional<Trend> result_anew(const Step& step);
  bool comes_back() const;
  static bool leads_back(const Trend& end, std::uint32_t start, std::int64_t slope);

  Cpu& cpu_;
  bool proves_ = false;  // the second pass
  std::uint64_t watches_version_ = 0;
  std::uint64_t start_cycles_ = 0, start_instructions_ = 0;
  std::uint64_t length_ = 0, instructions_ = 0;
  bool at_check_ = true;
  bool known_ = false;
  std::uint32_t head_ = 0;
  Time period_ = 0;
  std::uint64_t first_pass_ = 1;
  Point last_point_{};

  // What the instruction between before() and after() is about to do.
  struct Pending {
    enum class Source : std::uint8_t { computed, memory, input, word, copy_low, copy_high, steady, counter };
    Source source = Source::computed;
    Trend a, b;
    std::uint32_t address = 0, offset = 0, pc = 0;
    Word* word = nullptr;
    RegisterInput input{};
    Copy* copy = nullptr;
    bool looks = false;
    Step step{};
  };
  Pending pending_;

  std::array<std::uint32_t, register_count> at_start_{};
  std::array<std::int64_t, register_count> slopes_{};
  std::array<Trend, register_count> now_{};
  std::array<Sources, register_count> sources_{};
  std::array<History, register_count> histories_;
  std::uint64_t written_ = 0, read_first_ = 0;  // bits by register
  std::vector<Word> words_;
  std::vector<MemoryInput> memory_inputs_;
  std::vector<RegisterInput> register_inputs_;
  std::vector<Place> places_;
  std::vector<ControlInput> control_inputs_;
  std::vector<Copy> copies_;
  std::vector<Request> requests_;
  std::vector<Time> request_times_;  // of put_copies()
  std::vector<Check> checks_;
  std::vector<std::uint32_t> blocks_;
  std::uint32_t loads_ = 0, stores_ = 0;
  std::array<std::uint32_t, most_blocks> accesses_{};
  PassLimit limit_;
  LoopScript script_;
};

}  // namespace ferry::board
