// What each instruction becomes.
#include "board/cpu/translate/x86_64.hpp"
#include "board/memory.hpp"

#include <bit>
#include <cstddef>

namespace ferry::board {

using Xbyak::Label;
using Xbyak::Reg32;

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
  } else if (instruction.moves_stack) {
    emit_stack_move(instruction);
  } else {
    emit_with_immediate(slot);
  }
  count(slot);
  if (instruction.checks) report_pending();
}

void X86Translator::emit_stack_move(const TranslatedSlot& instruction) {
  const Slot& slot = *instruction.slot;
  lea(eax, at_distance(slot));
  cmp(eax, stack_limit_);
  ja(way_out(instruction.index, Reason::by_itself));
  mov(place_for(slot.destination), eax);
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
  test(byte[flags_ + rcx],
       stores ? line_write_watched | line_holds_code | line_unwritten : line_read_watched);
  Beside& beside = besides_.emplace_back(Beside{.from = {}, .back = {}, .slot = &slot, .way_out = &slow});
  jnz(beside.from);
  L(beside.back);

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

// The access's offset is in eax, its line in ecx. Both are needed no more behind it, but for the offset,
// which is computed again.
void X86Translator::emit_beside(Beside& access) {
  constexpr std::uint32_t before = chip::memory_map::sram0.size;  // flags_ begins with SRAM1's
  const Slot& slot = *access.slot;
  const bool stores = is_store(slot.operation);
  L(access.from);
  if (stores) {
    test(byte[flags_ + rcx], line_holds_code | line_unwritten);
    jnz(*access.way_out);
  }
  mov(ecx, eax);
  shr(eax, 5);
  constexpr std::uint32_t first =
      Memory::watched_bytes_offset + before / 32 * sizeof(WatchedBytes) - before / Memory::line_size;
  mov(eax, dword[flags_ + rax * sizeof(WatchedBytes) +
                 (first + (stores ? offsetof(WatchedBytes, writes) : offsetof(WatchedBytes, reads)))]);
  shr(eax, cl);  // by the offset modulo 32
  test(eax, (1u << access_width(slot.operation)) - 1);
  jnz(*access.way_out);
  lea(eax, at_distance(slot));
  jmp(access.back);
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

}  // namespace ferry::board
