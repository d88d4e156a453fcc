// Translation for x86-64 computers.
//
// One instruction after the other, without looking around: the registers that compressed instructions can
// name, and the stack pointer, live in registers of the host from the entry into translated code to the way
// out of it, so that no piece of code has to know what another one keeps where. The other registers stay in
// memory.
#include "board/cpu/slot.hpp"
#include "board/cpu/timing.hpp"
#include "board/cpu/translate/translator.hpp"
#include "board/memory.hpp"

#include <xbyak/xbyak.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <new>
#include <ranges>
#include <utility>

namespace ferry::board {

namespace {

using Xbyak::Label;
using Xbyak::Reg32;
using Xbyak::Reg64;
using Reason = TranslationExit::Reason;

constexpr std::size_t code_size = 4u << 20;
// More than any instruction takes, together with its ways out.
constexpr std::size_t longest_instruction = 192;

// The names of instructions are those of Xbyak, of which this is one. Operations of the guest are spelled in
// full.
class X86Translator final : public Translator, private Xbyak::CodeGenerator {
 public:
  X86Translator(std::uint32_t start, std::uint32_t slot_count)
      : CodeGenerator(code_size, Xbyak::DontSetProtectRWE),
        start_(start),
        slot_count_(slot_count),
        entries_(static_cast<const std::uint8_t**>(std::calloc(slot_count + 1, sizeof(std::uint8_t*)))) {
    if (entries_ == nullptr) throw std::bad_alloc();
    setDefaultJmpNEAR(true);
    emit_passage();
    setProtectModeRE();
  }

  bool translate(std::span<const TranslatedSlot> instructions) override;
  void forget(std::uint32_t first, std::uint32_t last) override {
    std::fill(entries_.get() + first, entries_.get() + last, nullptr);
  }
  void clear() override { setSize(passage_size_); }
  TranslationExit run(std::uint32_t index, std::uint32_t* registers, std::int64_t overrun,
                      FastMemory memory) const override {
    return enter_(registers, overrun, memory.bytes, memory.flags, entries_[index]);
  }

 private:
  struct Free {
    void operator()(const std::uint8_t** entries) const { std::free(static_cast<void*>(entries)); }
  };
  using Enter = TranslationExit (*)(std::uint32_t* registers, std::int64_t overrun, std::byte* bytes,
                                    const std::uint8_t* flags, const std::uint8_t* code);

  void emit_passage();

  // One instruction.
  void emit(const TranslatedSlot& instruction);
  void emit_with_immediate(const Slot& slot);
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
  const Reg64& registers_ = rbp;  // the CPU's, for those that have no home
  const Reg64& overrun_ = r14;
  const Reg64 &bytes_ = r15, &flags_ = rdx;
  struct Home {
    unsigned number;
    Reg32 host;
  };
  const std::array<Home, 9> homes_{
      {{2, ebx}, {8, esi}, {9, edi}, {10, r8d}, {11, r9d}, {12, r10d}, {13, r11d}, {14, r12d}, {15, r13d}}};

  bool has_home(unsigned number) const;
  Xbyak::Address in_memory(unsigned number) const { return dword[registers_ + 4 * number]; }
  // Where the value is: its home, or `scratch` after loading it there.
  Reg32 value_of(unsigned number, const Reg32& scratch);
  void load(const Reg32& target, unsigned number);
  // What an instruction with an immediate adds up.
  Xbyak::Address at_distance(const Slot& slot) {
    return ptr[value_of(slot.source, eax).cvt64() + static_cast<std::size_t>(slot.immediate)];
  }
  // Where to compute what becomes the value: its home, or eax; finish() then stores it.
  Reg32 place_for(unsigned number) const;
  void finish(unsigned number);
  void set(unsigned number, std::uint32_t value);

  // Progress.
  void count(const Slot& slot) { pending_ += Progress::step(timing::base(slot.operation) + slot.stall, 1); }
  void report(std::int64_t progress);
  void report_pending() { report(std::exchange(pending_, 0)); }

  // Where a jump goes when things are not as usual: to code behind the translation that leaves it.
  struct WayOut {
    Label from;
    std::uint32_t index;
    Reason reason;
    std::int64_t pending;
  };
  Label& way_out(std::uint32_t index, Reason reason);
  void leave(std::uint32_t index, Reason reason);
  // Where to go past the end of a block: in this translation or another one, or outside of all.
  Label& place_of(std::uint32_t index);
  void emit_departure(std::uint32_t index);

  std::uint32_t start_, slot_count_;
  std::unique_ptr<const std::uint8_t*[], Free> entries_;  // by slot: where its code begins; null for none
  Enter enter_ = nullptr;
  std::array<const std::uint8_t*, 3> leave_{};  // by reason; the index is in eax
  std::size_t passage_size_ = 0;

  // Of the translation in the making.
  std::map<std::uint32_t, Label> arrivals_;    // its entries
  std::map<std::uint32_t, Label> departures_;  // to other places
  std::deque<WayOut> ways_out_;
  std::int64_t pending_ = 0;  // executed since the last report
};

// ---- Between translated code and the rest

void X86Translator::emit_passage() {
  const std::array saved{rbp, rbx, r12, r13, r14, r15};
  Label common;
  for (const Reason reason : {Reason::in_block, Reason::by_itself, Reason::at_block_end}) {
    leave_[reason] = getCurr();
    mov(ecx, reason);
    shl(rcx, 32);
    or_(rax, rcx);
    jmp(common);
  }
  L(common);
  for (const Home& home : homes_) mov(in_memory(home.number), home.host);
  mov(rdx, overrun_);
  for (const Reg64& each : std::views::reverse(saved)) pop(each);
  ret();

  // The System V calling convention: arguments in rdi, rsi, rdx, rcx, r8.
  align(16);
  enter_ = getCurr<Enter>();
  for (const Reg64& each : saved) push(each);
  mov(registers_, rdi);
  mov(overrun_, rsi);
  mov(bytes_, rdx);
  mov(flags_, rcx);
  mov(rax, r8);
  for (const Home& home : homes_) mov(home.host, in_memory(home.number));
  jmp(rax);
  passage_size_ = getSize();
}

bool X86Translator::translate(std::span<const TranslatedSlot> instructions) {
  if (getSize() + instructions.size() * longest_instruction > code_size) return false;
  setProtectModeRW();
  arrivals_.clear();
  departures_.clear();
  ways_out_.clear();
  for (const TranslatedSlot& each : instructions)
    if (each.is_entry) arrivals_[each.index];

  enum class Before : std::uint8_t { in_block, end_of_block, jump } before = Before::end_of_block;
  for (const TranslatedSlot& each : instructions) {
    if (each.is_entry) {
      Label within;
      if (before == Before::in_block) {  // nobody looks at the clock on this way
        report_pending();
        jmp(within);
      }
      L(arrivals_[each.index]);
      test(overrun_, overrun_);
      jns(way_out(each.index, Reason::at_block_end));
      L(within);
    }
    emit(each);
    if (is_jump(each.slot->operation)) {
      before = Before::jump;
    } else {
      before = is_branch(each.slot->operation) || each.checks ? Before::end_of_block : Before::in_block;
    }
  }
  report_pending();
  const std::uint32_t next = instructions.back().index + instructions.back().slot->length;
  if (before == Before::in_block) leave(next, Reason::in_block);
  if (before == Before::end_of_block) jmp(place_of(next));

  for (WayOut& each : ways_out_) {
    L(each.from);
    report(each.pending);
    leave(each.index, each.reason);
  }
  for (auto& [index, label] : departures_) {
    L(label);
    emit_departure(index);
  }
  setProtectModeRE();
  for (auto& [index, label] : arrivals_) entries_[index] = label.getAddress();
  return true;
}

// ---- One instruction

void X86Translator::emit(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  const Operation operation = slot.operation;
  if (is_branch(operation)) return emit_branch(instruction);
  if (operation == Operation::jal) return emit_jal(instruction);
  if (operation == Operation::jalr) return emit_jalr(instruction);
  if (is_load(operation) || is_store(operation)) {
    emit_access(instruction);
  } else if (is_division(operation)) {
    emit_division(slot);
  } else if (is_high_multiplication(operation)) {
    emit_high_multiplication(slot);
  } else if (is_register_register(operation)) {
    emit_with_registers(slot);
  } else {
    emit_with_immediate(slot);
  }
  count(slot);
  if (instruction.checks) report_pending();
}

void X86Translator::emit_with_immediate(const Slot& slot) {
  const auto immediate = static_cast<std::uint32_t>(slot.immediate);
  if (slot.operation == Operation::nop) return;
  if (slot.operation == Operation::li) return set(slot.destination, immediate);
  if (slot.operation == Operation::slti || slot.operation == Operation::sltiu) return emit_comparison(slot);
  const Reg32 result = place_for(slot.destination);
  if (slot.operation == Operation::addi && slot.source != slot.destination) {
    lea(result, at_distance(slot));
    return finish(slot.destination);
  }
  load(result, slot.source);
  switch (slot.operation) {
    case Operation::addi:
      add(result, immediate);
      break;
    case Operation::xori:
      xor_(result, immediate);
      break;
    case Operation::ori:
      or_(result, immediate);
      break;
    case Operation::andi:
      and_(result, immediate);
      break;
    case Operation::slli:
      shl(result, slot.immediate & 31);
      break;
    case Operation::srli:
      shr(result, slot.immediate & 31);
      break;
    case Operation::srai:
      sar(result, slot.immediate & 31);
      break;
    default:  // mv
      break;
  }
  finish(slot.destination);
}

void X86Translator::emit_with_registers(const Slot& slot) {
  const auto second = static_cast<std::uint8_t>(slot.immediate);
  switch (slot.operation) {
    case Operation::slt:
    case Operation::sltu:
      return emit_comparison(slot);
    case Operation::sll:
    case Operation::srl:
    case Operation::sra:
      return emit_shift(slot);
    default:
      break;
  }
  const Reg32 result = place_for(slot.destination);
  Reg32 other = value_of(second, ecx);
  if (slot.operation == Operation::add) {
    lea(result, ptr[value_of(slot.source, eax).cvt64() + other.cvt64()]);
    return finish(slot.destination);
  }
  if (other == result) {  // load() is about to overwrite it
    mov(ecx, other);
    other = ecx;
  }
  load(result, slot.source);
  switch (slot.operation) {
    case Operation::sub:
      sub(result, other);
      break;
    case Operation::xor_:
      xor_(result, other);
      break;
    case Operation::or_:
      or_(result, other);
      break;
    case Operation::and_:
      and_(result, other);
      break;
    default:
      imul(result, other);
      break;
  }
  finish(slot.destination);
}

void X86Translator::emit_comparison(const Slot& slot) {
  const Reg32 source = value_of(slot.source, eax);
  if (is_register_register(slot.operation)) {
    cmp(source, value_of(static_cast<std::uint8_t>(slot.immediate), ecx));
  } else {
    cmp(source, static_cast<std::uint32_t>(slot.immediate));
  }
  if (slot.operation == Operation::slt || slot.operation == Operation::slti) {
    setl(al);
  } else {
    setb(al);
  }
  movzx(place_for(slot.destination), al);
  finish(slot.destination);
}

// The host, too, uses the lowest five bits of the distance; it has to be in cl.
void X86Translator::emit_shift(const Slot& slot) {
  load(ecx, static_cast<std::uint8_t>(slot.immediate));
  const Reg32 result = place_for(slot.destination);
  load(result, slot.source);
  if (slot.operation == Operation::sll) {
    shl(result, cl);
  } else if (slot.operation == Operation::srl) {
    shr(result, cl);
  } else {
    sar(result, cl);
  }
  finish(slot.destination);
}

void X86Translator::emit_high_multiplication(const Slot& slot) {
  load(eax, slot.source);
  load(ecx, static_cast<std::uint8_t>(slot.immediate));
  if (slot.operation != Operation::mulhu) movsxd(rax, eax);
  if (slot.operation == Operation::mulh) movsxd(rcx, ecx);
  imul(rax, rcx);
  shr(rax, 32);
  mov(place_for(slot.destination), eax);
  finish(slot.destination);
}

// With 64 bits no quotient overflows; what remains is division by zero.
void X86Translator::emit_division(const Slot& slot) {
  const bool is_signed = slot.operation == Operation::div || slot.operation == Operation::rem;
  const bool wants_quotient = slot.operation == Operation::div || slot.operation == Operation::divu;
  Label by_zero, done;
  load(eax, slot.source);
  load(ecx, static_cast<std::uint8_t>(slot.immediate));
  test(ecx, ecx);
  jz(by_zero, T_SHORT);
  push(rdx);
  if (is_signed) {
    movsxd(rax, eax);
    movsxd(rcx, ecx);
    cqo();
    idiv(rcx);
  } else {
    xor_(edx, edx);
    div(ecx);
  }
  if (!wants_quotient) mov(eax, edx);
  pop(rdx);
  if (wants_quotient) {
    jmp(done, T_SHORT);
    L(by_zero);
    mov(eax, ~0u);
    L(done);
  } else {
    L(by_zero);  // the dividend is what remains
  }
  mov(place_for(slot.destination), eax);
  finish(slot.destination);
}

// The handlers' fast path, see Execution::reaches.
void X86Translator::emit_access(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  const std::uint32_t width = access_width(slot.operation);
  const int shift = std::countr_zero(width);
  const bool stores = is_store(slot.operation);
  const int line_shift = std::countr_zero(Memory::line_size);
  Label& slow = way_out(instruction.index, Reason::by_itself);

  lea(eax, at_distance(slot));
  mov(ecx, eax);
  if (shift != 0) ror(ecx, shift);
  cmp(ecx, chip::memory_map::sram1_data.size >> shift);
  jae(slow);
  shr(ecx, line_shift - shift);
  test(byte[flags_ + rcx], stores ? line_write_watched | line_holds_code : line_read_watched);
  jnz(slow);

  const Xbyak::RegExp place = bytes_ + rax;
  if (stores) {
    const Reg32 value = value_of(slot.destination, ecx);
    if (width == 1) mov(byte[place], value.cvt8());
    if (width == 2) mov(word[place], value.cvt16());
    if (width == 4) mov(dword[place], value);
    return;
  }
  const Reg32 result = place_for(slot.destination);
  switch (slot.operation) {
    case Operation::lb:
      movsx(result, byte[place]);
      break;
    case Operation::lbu:
      movzx(result, byte[place]);
      break;
    case Operation::lh:
      movsx(result, word[place]);
      break;
    case Operation::lhu:
      movzx(result, word[place]);
      break;
    default:
      mov(result, dword[place]);
      break;
  }
  finish(slot.destination);
}

// Counted as taken first; not taken, it was shorter.
void X86Translator::emit_branch(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  count(slot);
  pending_ += Progress::step(timing::taken_branch_extra, 0);
  report_pending();
  const Reg32 source = value_of(slot.source, eax);
  if (slot.destination == 0) {
    test(source, source);
  } else {
    cmp(source, value_of(slot.destination, ecx));
  }
  Label& target = place_of(target_of(instruction.index, slot));
  switch (slot.operation) {
    case Operation::beq:
      je(target);
      break;
    case Operation::bne:
      jne(target);
      break;
    case Operation::blt:
      jl(target);
      break;
    case Operation::bge:
      jge(target);
      break;
    case Operation::bltu:
      jb(target);
      break;
    default:
      jae(target);
      break;
  }
  report(-Progress::step(timing::taken_branch_extra, 0));
}

void X86Translator::emit_jal(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  set(slot.destination, start_ + 2 * (instruction.index + slot.length));
  count(slot);
  report_pending();
  jmp(place_of(target_of(instruction.index, slot)));
}

void X86Translator::emit_jalr(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  Label& slow = way_out(instruction.index, Reason::by_itself);  // also for all other regions
  lea(eax, at_distance(slot));
  sub(eax, start_);
  cmp(eax, 2 * slot_count_);
  jae(slow);
  shr(eax, 1);
  set(slot.destination, start_ + 2 * (instruction.index + slot.length));
  count(slot);
  report_pending();
  mov(rcx, reinterpret_cast<std::uintptr_t>(entries_.get()));
  mov(rcx, qword[rcx + rax * 8]);
  test(rcx, rcx);
  jz(leave_[Reason::at_block_end]);
  jmp(rcx);
}

// ---- Registers

bool X86Translator::has_home(unsigned number) const {
  return std::ranges::any_of(homes_, [number](const Home& home) { return home.number == number; });
}

Reg32 X86Translator::place_for(unsigned number) const {
  const auto* home = std::ranges::find(homes_, number, &Home::number);
  return home == homes_.end() ? eax : home->host;
}

Reg32 X86Translator::value_of(unsigned number, const Reg32& scratch) {
  if (has_home(number)) return place_for(number);
  mov(scratch, in_memory(number));
  return scratch;
}

void X86Translator::load(const Reg32& target, unsigned number) {
  const Reg32 value = value_of(number, target);
  if (value != target) mov(target, value);
}

void X86Translator::finish(unsigned number) {
  if (!has_home(number) && number != discarded) mov(in_memory(number), eax);
}

void X86Translator::set(unsigned number, std::uint32_t value) {
  if (number == discarded) return;
  if (has_home(number)) {
    mov(place_for(number), value);
  } else {
    mov(in_memory(number), value);
  }
}

// ---- Progress, and ways out

void X86Translator::report(std::int64_t progress) {
  if (progress == 0) return;
  if (progress == static_cast<std::int32_t>(progress)) {
    add(overrun_, static_cast<std::uint32_t>(progress));
  } else {
    mov(rcx, static_cast<std::uint64_t>(progress));
    add(overrun_, rcx);
  }
}

Label& X86Translator::way_out(std::uint32_t index, Reason reason) {
  return ways_out_.emplace_back(WayOut{.from = {}, .index = index, .reason = reason, .pending = pending_})
      .from;
}

void X86Translator::leave(std::uint32_t index, Reason reason) {
  mov(eax, index);
  jmp(leave_[reason]);
}

Label& X86Translator::place_of(std::uint32_t index) {
  const auto arrival = arrivals_.find(index);
  return arrival != arrivals_.end() ? arrival->second : departures_[index];
}

void X86Translator::emit_departure(std::uint32_t index) {
  Label nowhere;
  mov(rax, ptr[reinterpret_cast<std::uint64_t>(&entries_[index])]);
  test(rax, rax);
  jz(nowhere, T_SHORT);
  jmp(rax);
  L(nowhere);
  leave(index, Reason::at_block_end);
}

}  // namespace

std::unique_ptr<Translator> Translator::create(std::uint32_t start, std::uint32_t slot_count) {
  try {
    return std::make_unique<X86Translator>(start, slot_count);
  } catch (const Xbyak::Error&) {
    return nullptr;
  }
}

}  // namespace ferry::board
