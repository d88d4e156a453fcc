// What the measured programs have in common: marks, the job, and bytes to send and to check.
#pragma once

#include "bench/job.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

// A place that the bench sees the CPU pass. It costs nothing, as it is no instruction but a name in the
// symbol table: the CPU is at the mark when its next instruction has the address of a symbol
// `ferry_mark.NAME.NUMBER`. The compiler may copy a mark, hence the number; it moves no access to memory
// across it.
#define FERRY_MARK(name)                    \
  asm volatile(".type ferry_mark." name     \
               ".%=, @function\n"           \
               "ferry_mark." name ".%=:" :: \
                   : "memory")

// Volatile: the host writes and reads it while the program runs.
extern "C" volatile ferry::bench::Job job;

namespace ferry::bench {

// Between the start of a transfer that runs by itself and the look at its end.
[[gnu::always_inline]] inline void meanwhile() {
  FERRY_MARK("started");
  if (job.meanwhile == static_cast<std::uint32_t>(Meanwhile::work)) {
    while (job.released == 0) {
    }
  }
  FERRY_MARK("look");
}

inline void fill(std::span<std::byte> bytes) {
  for (std::uint32_t index = 0; index < bytes.size(); ++index) bytes[index] = std::byte{pattern(index)};
}

inline std::uint32_t check(std::span<const std::byte> bytes) {
  for (std::uint32_t index = 0; index < bytes.size(); ++index)
    if (bytes[index] != std::byte{pattern(index)}) return failed;
  return static_cast<std::uint32_t>(bytes.size());
}

}  // namespace ferry::bench
