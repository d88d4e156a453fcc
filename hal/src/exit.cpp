#include "hal/src/exit.hpp"

#include "ferry/fatal.hpp"
#include "hal/esp32c3/stack_guard.h"
#include "hal/src/console.hpp"

#include <cstdint>

extern "C" {
extern const volatile std::uint32_t ferry_stack_bottom[];
}

namespace ferry {
namespace {

// SYS_EXIT_EXTENDED of the semihosting specification (RISC-V, on top of Arm's): a0 the operation, a1 the
// address of reason and code.
constexpr std::uint32_t semihosting_exit_extended = 0x20;
constexpr std::uint32_t application_exit = 0x20026;  // ADP_Stopped_ApplicationExit

}  // namespace

bool detail::stack_has_overflowed() { return ferry_stack_bottom[0] != FERRY_STACK_GUARD; }

void detail::report_exit(int code) {
  const std::uint32_t block[2] = {application_exit, static_cast<std::uint32_t>(code)};
  register std::uint32_t operation asm("a0") = semihosting_exit_extended;
  register const std::uint32_t* parameters asm("a1") = block;
  // A debugger knows the call by these exact three words. Aligned to 16 they lie in one page and one cache
  // line. Without a debugger the ebreak traps, and the trap handler steps over it.
  asm volatile(
      ".option push\n"
      ".option norvc\n"
      ".balign 16\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop"
      : "+r"(operation)
      : "r"(parameters)
      : "memory");
  for (;;) asm volatile("wfi");
}

void exit(int code) {
  asm volatile("csrci mstatus, 8" : : : "memory");
  if (detail::stack_has_overflowed()) {
    detail::console_put("fatal: the stack has overflowed into static data\n");
    code = exit_code_fatal;
  }
  detail::console_drain();
  detail::report_exit(code);
}

void fatal(const char* message) { detail::fatal_at(message, __builtin_return_address(0)); }

void detail::fatal_at(const char* message, const void* return_address, const char* subject) {
  // Behind a call that never returns comes another function, so the address points back into the call.
  const std::uintptr_t caller = reinterpret_cast<std::uintptr_t>(return_address) - 2;
  asm volatile("csrci mstatus, 8" : : : "memory");
  detail::console_put("fatal: ");
  detail::console_put(subject);
  detail::console_put(message);
  detail::console_put(" (called from ");
  detail::console_put_word(caller);
  detail::console_put(")\n");
  exit(exit_code_fatal);
}

}  // namespace ferry
