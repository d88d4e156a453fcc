// Access to the chip's registers. Every function is one load or one store, or one of each; none blocks.
// A register belongs to a block at `base`; `index` picks one of an array of registers (channels, W0…W15,
// pins). They are artificial: what a debugger or DMA watch names is the line that calls them.
#pragma once

#include "chip/register.hpp"

#include <cstdint>

namespace ferry::mmio {

template <class Register>
[[gnu::artificial]] inline volatile std::uint32_t& word(std::uint32_t base, std::uint32_t index = 0) {
  return *reinterpret_cast<volatile std::uint32_t*>(base + Register::offset + index * Register::stride);
}

template <class Register>
[[gnu::artificial]] inline std::uint32_t read(std::uint32_t base, std::uint32_t index = 0) {
  return word<Register>(base, index);
}

// One field of the register, by one load.
template <class Register, unsigned Lsb, unsigned Width, chip::Access A>
  requires(chip::readable(A))
[[gnu::artificial]] inline std::uint32_t read(std::uint32_t base, chip::Field<Register, Lsb, Width, A> field,
                                              std::uint32_t index = 0) {
  return field.get(word<Register>(base, index));
}

// The named fields get their values, all other bits of the register become 0: one store.
template <class Register>
[[gnu::artificial]] inline void write(std::uint32_t base, chip::FieldValue<Register> value,
                                      std::uint32_t index = 0) {
  word<Register>(base, index) = value.bits;
}

// The whole register, for values computed as a word.
template <class Register>
[[gnu::artificial]] inline void write_word(std::uint32_t base, std::uint32_t value, std::uint32_t index = 0) {
  word<Register>(base, index) = value;
}

// The named fields get their values, all other bits stay: one load and one store, not atomic.
template <class Register>
[[gnu::artificial]] inline void modify(std::uint32_t base, chip::FieldValue<Register> value,
                                       std::uint32_t index = 0) {
  volatile std::uint32_t& target = word<Register>(base, index);
  target = (target & ~value.mask) | value.bits;
}

}  // namespace ferry::mmio
