// What happens on an exception: everything known about it is printed, then the program ends.

#include "ferry/fatal.hpp"
#include "hal/src/console.hpp"
#include "hal/src/exit.hpp"

#include <cstdint>
#include <string_view>

namespace ferry {
namespace {

constexpr std::uint32_t cause_breakpoint = 3;

// The three words of a semihosting call; mepc points at the middle one.
constexpr std::uint32_t semihosting_before = 0x01F0'1013;  // slli x0, x0, 0x1f
constexpr std::uint32_t semihosting_ebreak = 0x0010'0073;
constexpr std::uint32_t semihosting_after = 0x4070'5013;  // srai x0, x0, 7

bool is_semihosting_call(std::uint32_t program_counter) {
  // The instruction bus reads aligned words only; report_exit aligns its call.
  if (program_counter % 4 != 0) return false;
  const auto* const words = reinterpret_cast<const volatile std::uint32_t*>(program_counter);
  return words[0] == semihosting_ebreak && words[-1] == semihosting_before && words[1] == semihosting_after;
}

// The causes this core has (reference manual, chapter 1).
std::string_view cause_name(std::uint32_t cause) {
  switch (cause) {
    case 1:
      return "instruction access fault";
    case 2:
      return "illegal instruction";
    case cause_breakpoint:
      return "breakpoint";
    case 5:
      return "load access fault";
    case 7:
      return "store access fault";
    case 8:
      return "environment call from user mode";
    case 11:
      return "environment call";
    default:
      return "unknown cause";
  }
}

// Four letters each, for x1 to x31.
constexpr std::string_view register_names =
    " ra  sp  gp  tp  t0  t1  t2  s0  s1  a0  a1  a2  a3  a4  a5  a6  a7  s2  s3  s4  s5  s6  s7  s8  s9 "
    "s10 s11  t3  t4  t5  t6 ";

// How many exceptions are being reported: more than one means that reporting failed.
int depth = 0;

}  // namespace
}  // namespace ferry

// `registers` are x1 to x31. Returns only after a semihosting call that no debugger took.
extern "C" void ferry_handle_exception(const std::uint32_t* registers) {
  using namespace ferry;
  std::uint32_t cause, program_counter, value;
  asm volatile("csrr %0, mcause" : "=r"(cause));
  asm volatile("csrr %0, mepc" : "=r"(program_counter));
  asm volatile("csrr %0, mtval" : "=r"(value));

  if (cause == cause_breakpoint && is_semihosting_call(program_counter)) {
    asm volatile("csrw mepc, %0" : : "r"(program_counter + 4));
    return;
  }
  if (++depth > 1) detail::report_exit(exit_code_trap);

  using detail::console_put;
  using detail::console_put_word;
  console_put("\nexception: ");
  console_put(cause_name(cause));
  console_put("\n mcause ");
  console_put_word(cause);
  console_put("  mepc ");
  console_put_word(program_counter);
  console_put("  mtval ");
  console_put_word(value);
  for (std::uint32_t index = 0; index < 31; ++index) {
    console_put(index % 4 == 0 ? '\n' : ' ');
    console_put(register_names.substr(index * 4, 4));
    console_put_word(registers[index]);
  }
  console_put('\n');
  if (detail::stack_has_overflowed()) console_put("the stack has overflowed into static data\n");
  detail::console_drain();
  detail::report_exit(exit_code_trap);
}
