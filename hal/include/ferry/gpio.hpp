// Pins: their tokens, plain digital output and input, and the routing of peripheral signals that drivers use.
#pragma once

#include "chip/esp32c3/signals.hpp"
#include "ferry/token.hpp"

#include <cstdint>
#include <utility>

namespace ferry::gpio {

/// The token of one pin. Hand it to a driver or to Output or Input with std::move; using it twice ends the
/// program (see ferry/token.hpp).
///
/// Not every pin is free on every board: 12 to 17 carry the flash chip, 18 and 19 are USB D− and D+ (the
/// console and JTAG of most boards), 20 and 21 are UART0, on which ferry::print writes, 11 feeds the flash on
/// many modules. 2, 8 and 9 are read at reset to choose how to boot, so what drives them must leave them
/// alone then.
template <unsigned Number>
class Gpio : public ferry::detail::Token<Gpio<Number>> {
  static constexpr char long_name[] = {'g', 'p', 'i', 'o', Number / 10 + '0', Number % 10 + '0', 0};
  static constexpr char short_name[] = {'g', 'p', 'i', 'o', Number % 10 + '0', 0};

  static_assert(Number < chip::gpio_count, "the ESP32-C3 has GPIO0 to GPIO21");

 public:
  static constexpr unsigned number = Number;
  static constexpr const char* name() { return Number < 10 ? short_name : long_name; }

  explicit constexpr Gpio(ferry::detail::TokenKey key) : ferry::detail::Token<Gpio>(key) {}
  constexpr Gpio(Gpio&&) = default;
  constexpr Gpio& operator=(Gpio&&) = default;
};

enum class Level : std::uint8_t { low, high };

/// The pad's weak resistors, some 45 kΩ.
enum class Pull : std::uint8_t { none, up, down };

namespace detail {

// Routing for drivers. `pin` is a GPIO number, `signal` one of chip::signal. Registers only, nothing blocks;
// not to be called for one pin from a handler and from main at the same time (each changes a pad register in
// two steps).

/// The pin follows the peripheral's output signal; whether it drives is the peripheral's choice too. An input
/// signal may be routed from the same pin: it then sees what is driven. The pad's pulls are switched off.
void route_output(unsigned pin, std::uint32_t signal);

/// The peripheral's input signal follows the pin. What the pin drives, if anything, stays as it is.
void route_input(unsigned pin, std::uint32_t signal, Pull pull = Pull::none);

/// The input signal becomes a constant, as it is when no pin is routed to it.
void disconnect_input(std::uint32_t signal, Level constant);

/// The pin follows no peripheral any more and floats.
void disconnect_output(unsigned pin);

// Ends the program: an output or an input was used after it had been moved away, and its pin with it.
[[noreturn]] FERRY_KEPT_APART void pin_is_gone();

void start_output(unsigned pin, Level initial);
void start_input(unsigned pin, Pull pull);
void drive(std::uint32_t mask, Level level);
Level driven_level(std::uint32_t mask);
Level pad_level(std::uint32_t mask);

}  // namespace detail

/// A pin that the program drives. The pin keeps its level when this object ends.
class Output {
 public:
  /// Drives the pin from here on, with `initial` as its first level: no glitch in between.
  template <unsigned Number>
  explicit Output(Gpio<Number> pin, Level initial = Level::low) : mask_(1u << Number) {
    static_cast<void>(pin);
    detail::start_output(Number, initial);
  }
  Output(Output&& other) : mask_(std::exchange(other.mask_, 0)) {
    if (mask_ == 0) detail::pin_is_gone();
  }
  Output& operator=(Output&& other) {
    mask_ = std::exchange(other.mask_, 0);
    if (mask_ == 0) detail::pin_is_gone();
    return *this;
  }

  /// One register write each. Other pins are never touched, so handlers may drive theirs at any time.
  void set_high() { set(Level::high); }
  void set_low() { set(Level::low); }
  void set(Level level) { detail::drive(held_mask(), level); }
  /// The other level. Not atomic against a handler that drives the same pin.
  void toggle() { set(level() == Level::high ? Level::low : Level::high); }
  /// What is driven; the pad may differ when something else drives it harder.
  Level level() const { return detail::driven_level(held_mask()); }

 private:
  std::uint32_t held_mask() const {
    if (mask_ == 0) detail::pin_is_gone();
    return mask_;
  }

  std::uint32_t mask_;  // 0 after a move
};

/// A pin that the program reads.
class Input {
 public:
  template <unsigned Number>
  explicit Input(Gpio<Number> pin, Pull pull = Pull::none) : mask_(1u << Number) {
    static_cast<void>(pin);
    detail::start_input(Number, pull);
  }
  Input(Input&& other) : mask_(std::exchange(other.mask_, 0)) {
    if (mask_ == 0) detail::pin_is_gone();
  }
  Input& operator=(Input&& other) {
    mask_ = std::exchange(other.mask_, 0);
    if (mask_ == 0) detail::pin_is_gone();
    return *this;
  }

  /// The level at the pad, two APB clocks late (the matrix synchronises it). One register read.
  Level read() const {
    if (mask_ == 0) detail::pin_is_gone();
    return detail::pad_level(mask_);
  }
  bool is_high() const { return read() == Level::high; }
  bool is_low() const { return read() == Level::low; }

 private:
  std::uint32_t mask_;  // 0 after a move
};

}  // namespace ferry::gpio
