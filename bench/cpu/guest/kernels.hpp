// What the kernels have in common.
#pragma once

#include <stddef.h>
#include <stdint.h>

// As C libraries do it: a multiplication and an addition.
struct Random {
  uint32_t state;
  uint32_t next() {
    state = state * 1'103'515'245 + 12'345;
    return state >> 8;
  }
};

inline uint32_t mix(uint32_t checksum, uint32_t value) { return (checksum << 5 | checksum >> 27) ^ value; }

// Work of the kinds that CoreMark is made of.
uint32_t application_kernel(uint32_t seed);
