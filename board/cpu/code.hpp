// Decoded code: a slot for every halfword of the memories the CPU can execute from.
#pragma once

#include "board/cpu/slot.hpp"
#include "board/cpu/translate/translator.hpp"
#include "board/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ferry::board {

// One executable memory. Slots are decoded when execution first reaches them, a straight run at a time, and
// pairs of neighbours get a common handler. The table starts as untouched zero pages: a board costs what it
// executes.
class CodeRegion {
 public:
  // [start, start + size) in addresses, [memory_offset, …) in the bytes of `memory`.
  CodeRegion(Memory& memory, std::uint32_t start, std::uint32_t size, std::uint32_t memory_offset);

  std::uint32_t start() const { return start_; }
  std::uint32_t size() const { return size_; }
  std::uint32_t memory_offset() const { return memory_offset_; }
  bool contains(std::uint32_t pc) const { return pc - start_ < size_; }
  Slot* first_slot() { return slots_.get(); }
  // The slot of the instruction at `pc`, which must be inside; decoded or not, it can be executed.
  Slot* slot_at(std::uint32_t pc);
  std::uint32_t pc_of(const Slot* slot) const;

  // Whether the CPU looks at the clock behind this instruction, however it got here; behind what takes the
  // slow path it does so as well.
  bool looks_at_clock(const Slot* slot) const;

  // Decodes the slot and what follows up to the end of its basic block.
  void decode_run(Slot* first);
  // The instruction at `pc` as memory has it now.
  Instruction instruction_at(std::uint32_t pc) const;
  // Memory bytes [offset, offset + length) changed, counted as Memory counts: forgets what was decoded from
  // them.
  void invalidate(std::uint32_t offset, std::uint32_t length);

  // From now on, what puts another pointer into the stack pointer, or also whatever may raise it, has a
  // handler of its own that tells: see Cpu::tell_of_stacks, Cpu::follow_stack. What was decoded is forgotten.
  enum class Stack : std::uint8_t { ignored, put, raised };
  void follow_stack(Stack what);
  // What the instruction is executed with by itself, as part of no pair; `checked`: it is one behind which
  // the clock is looked at.
  Handler alone(const Slot& slot, bool checked) const;

  // Breakpoints take the place of handlers: memory does not show them, and other code does not pay for them.
  // `pc` must be inside.
  void set_breakpoint(std::uint32_t pc);
  void remove_breakpoint(std::uint32_t pc);
  // What the slot does without breakpoint and translation. The slot must be decoded.
  Handler natural_handler(const Slot* slot) const;

  // Blocks are translated when they have been executed so often, in a region that has a translator; 0: never.
  // The run is the same either way.
  void translate_after(unsigned visits);
  std::size_t translations() const { return translations_.size(); }
  // For handlers::counted: counts, and gives what to execute the slot with.
  Handler visit(const Slot* slot);
  // For handlers::translated: see Translator::run.
  TranslationExit run_translation(const Slot* slot, std::uint32_t* registers, std::int64_t overrun,
                                  FastMemory memory, std::uint32_t stack_limit) const {
    return translator_->run(index_of(slot), registers, overrun, memory, stack_limit);
  }
  const Slot* slot_of(std::uint32_t index) {
    prepare(index);
    return &slots_[index];
  }

 private:
  // Slots are made ready in chunks, a page of the host each.
  static constexpr std::uint32_t chunk = 256;
  struct Unmap {
    std::size_t bytes;
    void operator()(Slot* slots) const;
  };
  using Slots = std::unique_ptr<Slot[], Unmap>;

  static Slots untouched_slots(std::uint32_t count);
  std::uint32_t slot_count() const { return size_ / 2; }
  bool prepared(std::uint32_t index) const { return slots_[index].run != nullptr; }
  void prepare(std::uint32_t index);
  void decode_slot(std::uint32_t index);
  void fill(Slot& slot, const Instruction& instruction, std::uint32_t index);
  void mark_line(std::uint32_t byte);
  void mark_waiting_loop(std::uint32_t end);
  void separate(std::uint32_t index);
  Handler fused_with_next(const Slot& slot) const;
  bool moves_stack(const Slot& slot) const;
  static bool is_checkpoint(std::uint32_t index);
  std::uint32_t index_of(const Slot* slot) const { return static_cast<std::uint32_t>(slot - slots_.get()); }

  void cover(std::map<std::uint32_t, Handler>::iterator breakpoint);
  Handler& natural_handler(std::uint32_t index);
  template <class Change>
  void change_pairs(std::uint32_t index, Change change);

  void watch_heads(std::uint32_t first, std::uint32_t last);
  void watch(std::uint32_t index);
  void unwatch(std::uint32_t index);
  bool translate(std::uint32_t first);
  std::vector<TranslatedSlot> translatable_from(std::uint32_t first) const;
  bool is_translatable(std::uint32_t index) const;
  void drop_translations(std::uint32_t first, std::uint32_t last);
  void drop_translation(std::map<std::uint32_t, std::uint32_t>::iterator translation);

  Memory& memory_;
  std::uint32_t start_, size_, memory_offset_;
  Slots slots_;
  std::vector<std::uint32_t> prepared_;           // the first slot of each chunk
  Stack stack_ = Stack::ignored;                  // what of it is told
  std::map<std::uint32_t, Handler> breakpoints_;  // by index; the handler is what the slot does without

  // A slot whose handler is `counted` or `translated`.
  struct Watched {
    Handler natural;
    unsigned visits = 0;
  };
  std::unordered_map<std::uint32_t, Watched> watched_;   // by index
  std::map<std::uint32_t, std::uint32_t> translations_;  // by first index; the value is behind the last
  std::unique_ptr<Translator> translator_;               // made when it is first needed
  unsigned translate_after_ = 200;
};

}  // namespace ferry::board
