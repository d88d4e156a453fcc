// How a register of the chip is described: what a field is called, where it lies, who may change it.
// The generated headers in chip/*/registers are made of these types; drivers and the virtual board share
// them.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace ferry::chip {

// The access codes of the technical reference manual. "Hardware" means: by the peripheral, not by a store.
enum class Access : std::uint8_t {
  read_write,       // R/W
  read_only,        // RO
  write_only,       // WO
  write_trigger,    // WT: writing 1 fires an event, reads 0
  self_clearing,    // R/W/SC: hardware takes the bit back when the work is done
  set_by_hardware,  // R/W/SS (and R/W/SS/SC): both sides write
  sticky,           // R/WTC/SS: hardware sets it, the paired WT bit clears it, stores do not reach it
  sticky_writable,  // R/W/WTC/SS: as sticky, and stores reach it too
};

constexpr bool writable(Access access) { return access != Access::read_only && access != Access::sticky; }
constexpr bool readable(Access access) {
  return access != Access::write_only && access != Access::write_trigger;
}

// A value of a given width. From a constant it is checked where it is written: one that does not fit is a
// compile error. A value that is only known at run time goes through Field::run_time.
template <unsigned Width>
class Bits {
 public:
  static constexpr std::uint32_t maximum = Width == 32 ? 0xFFFF'FFFFu : (1u << Width) - 1u;

  template <class T>
    requires std::integral<T> || std::is_enum_v<T>
  consteval Bits(T value)
      : value_(static_cast<std::uint32_t>(value)) {  // NOLINT(google-explicit-constructor)
    if (static_cast<std::uint64_t>(value) > maximum) the_value_does_not_fit_the_field();
  }

  constexpr std::uint32_t value() const { return value_; }

 private:
  static void the_value_does_not_fit_the_field() {}  // not constexpr: reaching it ends the compilation

  std::uint32_t value_;
};

// Some bits of one register and what they shall be.
template <class Register>
struct FieldValue {
  std::uint32_t mask;
  std::uint32_t bits;

  friend constexpr FieldValue operator|(FieldValue a, FieldValue b) {
    return {a.mask | b.mask, a.bits | b.bits};
  }
};

template <class Register, unsigned Lsb, unsigned Width, Access A>
struct Field {
  static_assert(Width >= 1 && Lsb + Width <= 32);
  using register_type = Register;
  static constexpr unsigned lsb = Lsb, width = Width;
  static constexpr Access access = A;
  static constexpr std::uint32_t mask = Bits<Width>::maximum << Lsb;

  // For drivers: this field with a constant. Does not exist for a field that stores cannot reach.
  constexpr FieldValue<Register> operator()(Bits<Width> value) const
    requires(writable(A))
  {
    return {mask, value.value() << Lsb};
  }
  // For drivers: this field with a value known at run time; what does not fit is cut off.
  constexpr FieldValue<Register> run_time(std::uint32_t value) const
    requires(writable(A))
  {
    return {mask, (value << Lsb) & mask};
  }
  // The field's value in a word read from the register.
  constexpr std::uint32_t get(std::uint32_t word) const { return (word & mask) >> Lsb; }
  // `word` with this field replaced. For the model of the hardware, which may change any field.
  constexpr std::uint32_t put(std::uint32_t word, std::uint32_t value) const {
    return (word & ~mask) | ((value << Lsb) & mask);
  }
};

}  // namespace ferry::chip
