// Interrupts by edge, which the interrupt matrix keeps until their line is taken or they are cleared there.
#pragma once

#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "ferry/interrupt.hpp"
#include "rig.hpp"

#include <cstdint>

namespace rig {

inline void allow_interrupts(bool allowed) {
  if (allowed) {
    asm volatile("csrsi mstatus, 8" ::: "memory");
  } else {
    asm volatile("csrci mstatus, 8" ::: "memory");
  }
}

/// All lines go by edge, or by level.
inline void take_edges(bool edges) {
  using namespace chip::interrupt_core0;
  ferry::mmio::write_word<CpuIntType>(base, edges ? ~1u : 0);
}

inline void clear_edges() {
  using namespace chip::interrupt_core0;
  ferry::mmio::write_word<CpuIntClear>(base, ~0u);
  ferry::mmio::write_word<CpuIntClear>(base, 0);
}

/// The line that a source is led to.
inline volatile std::uint32_t& line_of(chip::InterruptSource source) {
  return *reinterpret_cast<volatile std::uint32_t*>(chip::interrupt_core0::base +
                                                    4 * static_cast<std::uint32_t>(source));
}

/// The CPU's request to itself.
inline void ask_cpu(bool whether) {
  ferry::mmio::write_word<chip::system::CpuIntrFromCpu>(chip::system::base, whether ? 1 : 0, 0);
}

/// What raises a line's interrupt has time to.
inline void wait_for_edge() {
  for (unsigned round = 0; round < 100; ++round) asm volatile("nop");
}

}  // namespace rig
