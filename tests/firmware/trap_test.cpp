// expect-exit: 70
// expect-text: exception: illegal instruction.* mcause 0x00000002  mepc 0x4038[0-9a-f]+.*s11 0x12345678
// An exception prints what happened and all registers, then ends the program.
#include "ferry/ferry.hpp"

int main() {
  asm volatile(
      "li s11, 0x12345678\n"
      ".word 0xFFFFFFFF\n"
      :
      :
      : "s11");
  ferry::print("the program went on\n");
  return 1;
}
