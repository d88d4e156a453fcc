// Lengths and moments of any kind, the same ones in every run.
#pragma once

#include <cstdint>

namespace moments {

struct Numbers {
  std::uint32_t state = 1;

  std::uint32_t below(std::uint32_t limit) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % limit;
  }
};

/// Waits for so many rounds of a few cycles.
[[gnu::noinline]] inline void idle(std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) asm volatile("" ::: "memory");
}

}  // namespace moments
