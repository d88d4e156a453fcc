// Tasks with arrays for stacks, as those of an RTOS are, and the switch from one to another.
#pragma once

#include "rig.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

// The registers that functions preserve, on the stack that is left; then those of the other one.
extern "C" [[gnu::naked, gnu::noinline]] inline void watch_switch(
    [[maybe_unused]] std::uint32_t* mine, [[maybe_unused]] const std::uint32_t* other) {
  asm volatile(
      "addi sp, sp, -16\n sw ra, 12(sp)\n sw s0, 8(sp)\n sw s1, 4(sp)\n"
      "sw sp, 0(a0)\n lw sp, 0(a1)\n"
      "lw ra, 12(sp)\n lw s0, 8(sp)\n lw s1, 4(sp)\n addi sp, sp, 16\n ret");
}

namespace rig {

template <std::size_t count>
struct Stack {
  alignas(16) std::array<std::uint32_t, count> words;
  std::uint32_t pointer;

  /// The first switch to it enters `task`.
  void prepare(void (*task)()) {
    pointer = address(&words[count - 4]);
    words[count - 1] = address(reinterpret_cast<const void*>(task));
  }
};

}  // namespace rig
