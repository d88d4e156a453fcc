// expect-exit: 71
// expect-text: the stack has overflowed
// A program that wrote below its stack does not end well, whatever main returns.
#include "ferry/ferry.hpp"

#include <cstdint>

extern "C" volatile std::uint32_t __stack_bottom[];

int main() {
  __stack_bottom[0] = 0;
  return 0;
}
