// expect-exit: 70
// expect-text: exception: store access fault.* mcause 0x00000007
// The trap handler has its own stack: it works when the program's stack pointer is nonsense.
#include "ferry/ferry.hpp"

int main() {
  asm volatile("li sp, 0x10000000\n sw zero, 0(sp)\n");
  return 1;
}
