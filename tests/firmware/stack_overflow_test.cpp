// expect-exit: 71
// expect-text: the stack has overflowed
// A program that wrote below its stack does not end well, whatever main returns.
#include "ferry/ferry.hpp"

#include <cstdint>

extern "C" volatile std::uint32_t ferry_stack_bottom[];

int main() {
  ferry_stack_bottom[0] = 0;
  return 0;
}
