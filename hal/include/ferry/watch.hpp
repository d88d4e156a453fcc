// A word to DMA watch, the part of the virtual board that reports accesses to what a DMA transfer owns.
#pragma once

namespace ferry::watch {

/// The program touches the buffers of the transfer that owns this byte on purpose, from here to the
/// transfer's end: a progress bar that looks at received bytes, a picture that may tear. DMA watch then
/// reports no access to them. One byte of the transfer's memory is enough.
///
/// It is a load into the register that is always zero, and behind it an instruction without an effect that no
/// compiler emits: two instructions on a chip, three cycles. It does not block, and a byte that no transfer
/// owns makes it nothing.
[[gnu::always_inline]] inline void on_purpose(const volatile void* byte) {
  asm volatile(
      "lb zero, 0(%0)\n\t"
      "andi zero, zero, 0x5A5" ::"r"(byte)
      : "memory");
}

}  // namespace ferry::watch
