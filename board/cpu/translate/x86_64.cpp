// Translations as a whole: entries, ways out, registers.
#include "board/cpu/translate/x86_64.hpp"

#include <algorithm>
#include <new>
#include <ranges>

namespace ferry::board {

using Xbyak::Label;
using Xbyak::Reg32;
using Xbyak::Reg64;

namespace {

constexpr std::size_t code_size = 4u << 20;
// More than any instruction takes, together with its ways out.
constexpr std::size_t longest_instruction = 192;

}  // namespace

X86Translator::X86Translator(std::uint32_t start, std::uint32_t slot_count)
    : CodeGenerator(code_size, Xbyak::DontSetProtectRWE),
      start_(start),
      slot_count_(slot_count),
      entries_(static_cast<const std::uint8_t**>(std::calloc(slot_count + 1, sizeof(std::uint8_t*)))) {
  if (entries_ == nullptr) throw std::bad_alloc();
  setDefaultJmpNEAR(true);
  emit_passage();
  setProtectModeRE();
}

std::unique_ptr<Translator> Translator::create(std::uint32_t start, std::uint32_t slot_count) {
  try {
    return std::make_unique<X86Translator>(start, slot_count);
  } catch (const Xbyak::Error&) {
    return nullptr;
  }
}

void X86Translator::forget(std::uint32_t first, std::uint32_t last) {
  std::fill(entries_.get() + first, entries_.get() + last, nullptr);
}

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
  pop(rcx);  // stack_limit_
  for (const Reg64& each : std::views::reverse(saved)) pop(each);
  ret();

  // The System V calling convention: arguments in rdi, rsi, rdx, rcx, r8, r9.
  align(16);
  enter_ = getCurr<Enter>();
  for (const Reg64& each : saved) push(each);
  push(r9);  // stack_limit_
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
  besides_.clear();
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

  for (Beside& each : besides_) emit_beside(each);
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

}  // namespace ferry::board
