# The same start for both machines: a stack, zeroed variables, main, and the end of the run through semihosting.
  .section .text.start, "ax"
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, stack_top
  la t0, bss_start
  la t1, bss_end
1:
  bgeu t0, t1, 2f
  sw zero, 0(t0)
  addi t0, t0, 4
  j 1b
2:
  call main
  # main's result becomes the exit code: SYS_EXIT_EXTENDED with {application exit, code}.
  addi sp, sp, -16
  li t0, 0x20026
  sw t0, 0(sp)
  sw a0, 4(sp)
  li a0, 0x20
  mv a1, sp
  call semihosting_call
3:
  j 3b

# a0: operation, a1: parameter. The three instructions must not be compressed, and lie in one page.
  .balign 16
  .globl semihosting_call
semihosting_call:
  .option push
  .option norvc
  slli zero, zero, 0x1f
  ebreak
  srai zero, zero, 7
  .option pop
  ret
