// First instructions, vector table, and the way in and out of handlers.

#include "stack_guard.h"

    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    // Whoever started us may have left interrupts on and its own vectors in place.
    csrci   mstatus, 8
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, ferry_stack_top
    la      tp, ferry_tls_start
    la      t0, vectors
    csrw    mtvec, t0
    la      t0, ferry_stack_bottom
    li      t1, FERRY_STACK_GUARD
    sw      t1, 0(t0)

    // Watchdogs bite within a second, and clearing memory is quicker at full speed: the chip comes first. This
    // function uses no static variable.
    call    ferry_start_chip

    la      t0, ferry_bss_start
    la      t1, ferry_bss_end
    bgeu    t0, t1, 2f
1:  sw      zero, 0(t0)
    sw      zero, 4(t0)
    sw      zero, 8(t0)
    sw      zero, 12(t0)
    addi    t0, t0, 16
    bltu    t0, t1, 1b
2:
    call    ferry_start_program     // does not return
    .size _start, . - _start

    // mtvec: the base, with mode 1 (vectored) wired in. Exceptions enter at the base, interrupt line n at base + 4n,
    // so each entry has to be one jump of four bytes.
    .section .text.vectors, "ax", @progbits
    .balign 256
    .type vectors, @object
vectors:
    .option push
    .option norvc
    .option norelax
    j       exception_entry
    .rept 31
    j       interrupt_entry
    .endr
    .option pop
    .size vectors, . - vectors

    // Interrupts run on the stack of what they interrupt and do not nest: the hardware has cleared mstatus.MIE and
    // mret sets it again. The handler is an ordinary function, so what a function may clobber is kept here.
    .section .text.interrupt_entry, "ax", @progbits
    .balign 4
    .type interrupt_entry, @function
interrupt_entry:
    addi    sp, sp, -64
    sw      ra, 0(sp)
    sw      t0, 4(sp)
    sw      t1, 8(sp)
    sw      t2, 12(sp)
    sw      a0, 16(sp)
    sw      a1, 20(sp)
    sw      a2, 24(sp)
    sw      a3, 28(sp)
    sw      a4, 32(sp)
    sw      a5, 36(sp)
    sw      a6, 40(sp)
    sw      a7, 44(sp)
    sw      t3, 48(sp)
    sw      t4, 52(sp)
    sw      t5, 56(sp)
    sw      t6, 60(sp)
    csrr    a0, mcause
    call    ferry_handle_interrupt
    lw      ra, 0(sp)
    lw      t0, 4(sp)
    lw      t1, 8(sp)
    lw      t2, 12(sp)
    lw      a0, 16(sp)
    lw      a1, 20(sp)
    lw      a2, 24(sp)
    lw      a3, 28(sp)
    lw      a4, 32(sp)
    lw      a5, 36(sp)
    lw      a6, 40(sp)
    lw      a7, 44(sp)
    lw      t3, 48(sp)
    lw      t4, 52(sp)
    lw      t5, 56(sp)
    lw      t6, 60(sp)
    addi    sp, sp, 64
    mret
    .size interrupt_entry, . - interrupt_entry

    // Exceptions have a stack of their own: the program's may be what went wrong. The handler gets the address of
    // x1 to x31 in order; it returns only past a semihosting call that nobody answered.
    .section .text.exception_entry, "ax", @progbits
    .balign 4
    .type exception_entry, @function
exception_entry:
    csrw    mscratch, sp
    la      sp, trap_stack_top - 128
    sw      x1, 0(sp)
    sw      x3, 8(sp)
    sw      x4, 12(sp)
    sw      x5, 16(sp)
    sw      x6, 20(sp)
    sw      x7, 24(sp)
    sw      x8, 28(sp)
    sw      x9, 32(sp)
    sw      x10, 36(sp)
    sw      x11, 40(sp)
    sw      x12, 44(sp)
    sw      x13, 48(sp)
    sw      x14, 52(sp)
    sw      x15, 56(sp)
    sw      x16, 60(sp)
    sw      x17, 64(sp)
    sw      x18, 68(sp)
    sw      x19, 72(sp)
    sw      x20, 76(sp)
    sw      x21, 80(sp)
    sw      x22, 84(sp)
    sw      x23, 88(sp)
    sw      x24, 92(sp)
    sw      x25, 96(sp)
    sw      x26, 100(sp)
    sw      x27, 104(sp)
    sw      x28, 108(sp)
    sw      x29, 112(sp)
    sw      x30, 116(sp)
    sw      x31, 120(sp)
    csrr    t0, mscratch
    sw      t0, 4(sp)               // x2, the interrupted stack pointer
    mv      a0, sp
    .option push
    .option norelax
    la      gp, __global_pointer$   // in case the program lost it
    .option pop
    call    ferry_handle_exception
    lw      x1, 0(sp)
    lw      x3, 8(sp)
    lw      x5, 16(sp)
    lw      x6, 20(sp)
    lw      x7, 24(sp)
    lw      x10, 36(sp)
    lw      x11, 40(sp)
    lw      x12, 44(sp)
    lw      x13, 48(sp)
    lw      x14, 52(sp)
    lw      x15, 56(sp)
    lw      x16, 60(sp)
    lw      x17, 64(sp)
    lw      x28, 108(sp)
    lw      x29, 112(sp)
    lw      x30, 116(sp)
    lw      x31, 120(sp)
    lw      sp, 4(sp)
    mret
    .size exception_entry, . - exception_entry

    .section .noinit.trap_stack, "aw", @nobits
    .balign 16
    .skip   1024
trap_stack_top:
