#include "ferry/gpio.hpp"

#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "ferry/mmio.hpp"

namespace ferry::gpio {
namespace {

using chip::gpio::EnableW1tc;
using chip::gpio::EnableW1ts;
using chip::gpio::FuncInSelCfg;
using chip::gpio::FuncOutSelCfg;
using Pad = chip::io_mux::Gpio;

constexpr std::uint32_t gpio_base = chip::gpio::base;
constexpr std::uint32_t io_mux_base = chip::io_mux::base;

void set_pulls(unsigned pin, Pull pull) {
  mmio::modify(io_mux_base,
               Pad::fun_wpu.run_time(pull == Pull::up) | Pad::fun_wpd.run_time(pull == Pull::down), pin);
}

// From here on the matrix decides what the pad does, not one of the pad's native functions.
void connect_pad_to_matrix(unsigned pin) {
  mmio::modify(io_mux_base, Pad::mcu_sel(chip::io_mux_function_gpio), pin);
}

// The pad follows GPIO_OUT and GPIO_ENABLE.
void follow_registers(unsigned pin) {
  mmio::write(gpio_base, FuncOutSelCfg::out_sel(chip::signal::simple_gpio) | FuncOutSelCfg::oen_sel(1), pin);
}

void stop_driving(unsigned pin) { mmio::write(gpio_base, EnableW1tc::enable_w1tc.run_time(1u << pin)); }

}  // namespace

namespace detail {

void route_output(unsigned pin, std::uint32_t signal) {
  // Signal first, pad last: when the pad connects, the peripheral's idle level is already there. oen_sel 0
  // leaves the output enable to the peripheral.
  mmio::write(gpio_base, FuncOutSelCfg::out_sel.run_time(signal) | FuncOutSelCfg::oen_sel(0), pin);
  set_pulls(pin, Pull::none);
  connect_pad_to_matrix(pin);
}

void route_input(unsigned pin, std::uint32_t signal, Pull pull) {
  set_pulls(pin, pull);
  mmio::modify(io_mux_base, Pad::fun_ie(1), pin);
  connect_pad_to_matrix(pin);
  mmio::write(gpio_base, FuncInSelCfg::in_sel.run_time(pin) | FuncInSelCfg::sel(1), signal);
}

void disconnect_input(std::uint32_t signal, Level constant) {
  mmio::write(gpio_base,
              FuncInSelCfg::in_sel.run_time(constant == Level::high ? chip::signal::constant_one
                                                                    : chip::signal::constant_zero) |
                  FuncInSelCfg::sel(1),
              signal);
}

void disconnect_output(unsigned pin) {
  stop_driving(pin);
  follow_registers(pin);
}

void start_output(unsigned pin, Level initial) {
  // The level before the driver, so that the pin goes straight to it.
  drive(1u << pin, initial);
  mmio::write(gpio_base, EnableW1ts::enable_w1ts.run_time(1u << pin));
  follow_registers(pin);
  set_pulls(pin, Pull::none);
  connect_pad_to_matrix(pin);
}

void start_input(unsigned pin, Pull pull) {
  stop_driving(pin);
  follow_registers(pin);
  set_pulls(pin, pull);
  mmio::modify(io_mux_base, Pad::fun_ie(1), pin);
  connect_pad_to_matrix(pin);
}

void drive(std::uint32_t mask, Level level) {
  if (level == Level::high) {
    mmio::write(gpio_base, chip::gpio::OutW1ts::out_w1ts.run_time(mask));
  } else {
    mmio::write(gpio_base, chip::gpio::OutW1tc::out_w1tc.run_time(mask));
  }
}

Level driven_level(std::uint32_t mask) {
  return (mmio::read<chip::gpio::Out>(gpio_base) & mask) != 0 ? Level::high : Level::low;
}

Level pad_level(std::uint32_t mask) {
  return (mmio::read<chip::gpio::In>(gpio_base) & mask) != 0 ? Level::high : Level::low;
}

}  // namespace detail
}  // namespace ferry::gpio
