// The pads of the chip, the GPIO matrix between them and the peripherals, and the wires outside.
//
// A peripheral drives output signals and listens to input signals by their number. The matrix and IO_MUX registers
// (devices/gpio, devices/io_mux) say which pad a signal meets. Pads that a wire joins form a net; a net has one level:
// what drives it, else its pull resistors, else low. Two drivers that disagree are reported once and read as low.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "board/observer.hpp"
#include "chip/esp32c3/signals.hpp"

namespace ferry::board {

enum class Pull : std::uint8_t { none, up, down };

// How one pad is set up, as GPIO and IO_MUX registers say.
struct PadConfig {
  std::uint32_t output_signal = chip::signal::simple_gpio;  // FUNCn_OUT_SEL_CFG.OUT_SEL, or the IO_MUX direct signal
  bool output_inverted = false;
  bool enable_from_gpio = false;  // OEN_SEL: output enable comes from GPIO_ENABLE, not from the peripheral
  bool enable_inverted = false;
  bool open_drain = false;
  bool input_enabled = false;  // FUN_IE
  Pull pull = Pull::none;

  bool operator==(const PadConfig&) const = default;
};

// Where a peripheral input comes from.
struct InputRoute {
  enum class From : std::uint8_t { low, high, pad };
  From from = From::low;
  unsigned pin = 0;
  bool inverted = false;

  bool operator==(const InputRoute&) const = default;
};

class Pins {
 public:
  explicit Pins(Observers& observers);

  // Peripheral side.
  void drive(std::uint32_t signal, bool level);
  void enable_output(std::uint32_t signal, bool enabled);  // the peripheral's own output enable; true after reset
  bool input(std::uint32_t signal) const;
  // Called with the new level whenever the input signal changes.
  void listen(std::uint32_t signal, std::function<void(bool)> listener);

  // Register side (GPIO and IO_MUX).
  void configure(unsigned pin, const PadConfig& config);
  void route_input(std::uint32_t signal, const InputRoute& route);
  void set_gpio_output(std::uint32_t levels, std::uint32_t enables);  // GPIO_OUT and GPIO_ENABLE
  std::uint32_t gpio_input() const;                                   // GPIO_IN: pads whose input is enabled
  void on_input_change(std::function<void(std::uint32_t changed)> listener);  // for GPIO's interrupt logic
  void reset();  // pads and routes as after power-on; wires and outside drivers stay

  // Outside.
  void wire(unsigned a, unsigned b);
  void drive_from_outside(unsigned pin, std::optional<bool> level);  // nothing = let go
  bool level(unsigned pin) const;                                    // what a probe sees
};

}  // namespace ferry::board
