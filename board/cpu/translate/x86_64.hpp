// Translation for x86-64 computers.
//
// One instruction after the other, without looking around: the registers that compressed instructions can
// name, and the stack pointer, live in registers of the host from the entry into translated code to the way
// out of it, so that no piece of code has to know what another one keeps where. The other registers stay in
// memory.
#pragma once

#include "board/cpu/slot.hpp"
#include "board/cpu/timing.hpp"
#include "board/cpu/translate/translator.hpp"

#include <xbyak/xbyak.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <utility>

namespace ferry::board {

// The names of instructions are those of Xbyak, of which this is one. Operations of the guest are spelled in
// full.
class X86Translator final : public Translator, private Xbyak::CodeGenerator {
 public:
  // Throws Xbyak::Error where the system does not let programs make code.
  X86Translator(std::uint32_t start, std::uint32_t slot_count);
  bool translate(std::span<const TranslatedSlot> instructions) override;
  void forget(std::uint32_t first, std::uint32_t last) override;
  void clear() override { setSize(passage_size_); }
  TranslationExit run(std::uint32_t index, std::uint32_t* registers, std::int64_t overrun, FastMemory memory,
                      std::uint32_t stack_limit) const override {
    return enter_(registers, overrun, memory.bytes, memory.flags, entries_[index], stack_limit);
  }

 private:
  using Reason = TranslationExit::Reason;
  struct Free {
    void operator()(const std::uint8_t** entries) const { std::free(static_cast<void*>(entries)); }
  };
  using Enter = TranslationExit (*)(std::uint32_t* registers, std::int64_t overrun, std::byte* bytes,
                                    const std::uint8_t* flags, const std::uint8_t* code,
                                    std::uint64_t stack_limit);

  void emit_passage();

  // One instruction.
  void emit(const TranslatedSlot& instruction);
  void emit_with_immediate(const Slot& slot);
  void emit_stack_move(const TranslatedSlot& instruction);
  void emit_with_registers(const Slot& slot);
  void emit_comparison(const Slot& slot);
  void emit_shift(const Slot& slot);
  void emit_high_multiplication(const Slot& slot);
  void emit_division(const Slot& slot);
  void emit_access(const TranslatedSlot& instruction);
  void emit_branch(const TranslatedSlot& instruction);
  void emit_jal(const TranslatedSlot& instruction);
  void emit_jalr(const TranslatedSlot& instruction);

  // Who is where while translated code runs. rax and rcx are free for each instruction.
  const Xbyak::Reg64& registers_ = rbp;  // the CPU's, for those that have no home
  const Xbyak::Reg64& overrun_ = r14;
  const Xbyak::Reg64 &bytes_ = r15, &flags_ = rdx;
  const Xbyak::Address stack_limit_ = dword[rsp];
  struct Home {
    unsigned number;
    Xbyak::Reg32 host;
  };
  const std::array<Home, 9> homes_{
      {{2, ebx}, {8, esi}, {9, edi}, {10, r8d}, {11, r9d}, {12, r10d}, {13, r11d}, {14, r12d}, {15, r13d}}};

  bool has_home(unsigned number) const;
  Xbyak::Address in_memory(unsigned number) const { return dword[registers_ + 4 * number]; }
  // Where the value is: its home, or `scratch` after loading it there.
  Xbyak::Reg32 value_of(unsigned number, const Xbyak::Reg32& scratch);
  void load(const Xbyak::Reg32& target, unsigned number);
  // What an instruction with an immediate adds up.
  Xbyak::Address at_distance(const Slot& slot) {
    return ptr[value_of(slot.source, eax).cvt64() + static_cast<std::size_t>(slot.immediate)];
  }
  // Where to compute what becomes the value: its home, or eax; finish() then stores it.
  Xbyak::Reg32 place_for(unsigned number) const;
  void finish(unsigned number);
  void set(unsigned number, std::uint32_t value);

  // Progress.
  void count(const Slot& slot) { pending_ += Progress::step(timing::base(slot.operation) + slot.stall, 1); }
  void report(std::int64_t progress);
  void report_pending() { report(std::exchange(pending_, 0)); }

  // Where a jump goes when things are not as usual: to code behind the translation that leaves it.
  struct WayOut {
    Xbyak::Label from;
    std::uint32_t index;
    Reason reason;
    std::int64_t pending;
  };
  Xbyak::Label& way_out(std::uint32_t index, Reason reason);
  void leave(std::uint32_t index, Reason reason);
  // An access in a line that somebody watches: if nobody watches these bytes of it, it goes on as usual.
  struct Beside {
    Xbyak::Label from, back;
    const Slot* slot;
    Xbyak::Label* way_out;
  };
  void emit_beside(Beside& access);
  // Where to go past the end of a block: in this translation or another one, or outside of all.
  Xbyak::Label& place_of(std::uint32_t index);
  void emit_departure(std::uint32_t index);

  std::uint32_t start_, slot_count_;
  std::unique_ptr<const std::uint8_t*[], Free> entries_;  // by slot: where its code begins; null for none
  Enter enter_ = nullptr;
  std::array<const std::uint8_t*, 3> leave_{};  // by reason; the index is in eax
  std::size_t passage_size_ = 0;

  // Of the translation in the making.
  std::map<std::uint32_t, Xbyak::Label> arrivals_;    // its entries
  std::map<std::uint32_t, Xbyak::Label> departures_;  // to other places
  std::deque<WayOut> ways_out_;
  std::deque<Beside> besides_;
  std::int64_t pending_ = 0;  // executed since the last report
};

}  // namespace ferry::board
