// The ways to wait that are measured; shared by the firmware and the host.
#pragma once

#include <cstdint>

namespace ferry::bench {

enum class WaitingStyle : std::uint32_t {
  sleep,          // wfi until the timer's interrupt
  poll,           // of a status register, in line
  call,           // the same through a function that the compiler does not see into
  count,          // the same with a counter that gives up
  deadline,       // the same with a deadline, which reads the time
  flag,           // of a variable that an interrupt's handler sets
  cycle_counter,  // until CSR 0x7E2 has gone on so far
  timer,          // until SYSTIMER says so
  empty_loop,     // so many rounds of a loop with a volatile counter
};

}  // namespace ferry::bench
