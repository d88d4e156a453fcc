#include "board/debug/trap_text.hpp"

#include "board/cpu/csr.hpp"
#include "board/image/text.hpp"

#include <string_view>

namespace ferry::board::debug {

namespace {

// GDB's numbers, which differ from the host's.
constexpr unsigned signal_ill = 4, signal_trap = 5, signal_bus = 10, signal_segv = 11, signal_sys = 12;

struct Cause {
  std::string_view text;
  unsigned signal;
};

Cause cause_of(std::uint32_t number) {
  switch (number) {
    case 0:
      return {"instruction address misaligned", signal_bus};
    case 1:
      return {"instruction access fault", signal_segv};
    case 2:
      return {"illegal instruction", signal_ill};
    case 3:
      return {"breakpoint", signal_trap};
    case 4:
      return {"load address misaligned", signal_bus};
    case 5:
      return {"load access fault", signal_segv};
    case 6:
      return {"store address misaligned", signal_bus};
    case 7:
      return {"store access fault", signal_segv};
    case 8:
    case 11:
      return {"environment call", signal_sys};
    default:
      return {"exception", signal_trap};
  }
}

}  // namespace

std::string exception_text(const Cpu& cpu) {
  const Cpu::Exception exception = cpu.pending_exception().value_or(Cpu::Exception{});
  return std::string(cause_of(exception.cause).text) + " at " + hex(cpu.pc()) + ", mtval " +
         hex(exception.value);
}

std::string last_exception_text(Cpu& cpu) {
  const std::uint32_t cause = cpu.csr(csr::mcause).value_or(0);
  return std::string(cause_of(cause).text) + ", mcause " + std::to_string(cause) + ", mepc " +
         hex(cpu.csr(csr::mepc).value_or(0)) + ", mtval " + hex(cpu.csr(csr::mtval).value_or(0));
}

unsigned signal_of(const Cpu& cpu) {
  return cause_of(cpu.pending_exception().value_or(Cpu::Exception{}).cause).signal;
}

}  // namespace ferry::board::debug
