#include "board/devices/gpio/gpio.hpp"

#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/gpio_table.hpp"

namespace ferry::board {

namespace reg = chip::gpio;
using chip::InterruptSource;

Gpio::Gpio(Pins& pins, Routing& routing, InterruptSink& interrupts, Observers& observers)
    : RegisterDevice("GPIO", reg::registers, observers),
      pins_(pins),
      routing_(routing),
      interrupts_(interrupts) {
  pins_.on_input_change([this](std::uint32_t) { inputs_changed(); });
  reset();
}

void Gpio::reset() {
  registers_.reset();
  on_rising_ = on_falling_ = on_low_ = on_high_ = to_cpu_ = to_nmi_ = 0;
  change_output();
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) {
    change_output_select(pin);
    change_synchroniser(pin);
  }
  for (std::uint32_t signal = 0; signal < reg::FuncInSelCfg::count; ++signal) change_input_select(signal);
  last_input_ = pins_.gpio_input();
  update_interrupts();
}

void Gpio::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(straps_, on_rising_, on_falling_, on_low_, on_high_, to_cpu_, to_nmi_, last_input_);
}

void Gpio::latch_straps() {
  const auto latched = [this](unsigned pin, bool when_open) {
    return pins_.floats(pin) ? when_open : pins_.level(pin);
  };
  straps_ = (latched(9, true) ? 8u : 0u) | (latched(8, true) ? 4u : 0u) | (latched(3, false) ? 2u : 0u) |
            (latched(2, false) ? 1u : 0u);
  if ((straps_ & 8) == 0)
    notices_.once(
        "GPIO: GPIO9 is low as the chip starts: it would wait for a download; the board starts the firmware "
        "all the same");
}

void Gpio::change_output() {
  pins_.set_gpio_output(registers_.word<reg::Out>(), registers_.word<reg::Enable>());
}

void Gpio::change_output_select(unsigned pin) {
  if (pin >= chip::gpio_count) return;
  routing_.set_output(pin, {.signal = registers_.get(reg::FuncOutSelCfg::out_sel, pin),
                            .inverted = registers_.get(reg::FuncOutSelCfg::inv_sel, pin) != 0,
                            .enable_from_gpio = registers_.get(reg::FuncOutSelCfg::oen_sel, pin) != 0,
                            .enable_inverted = registers_.get(reg::FuncOutSelCfg::oen_inv_sel, pin) != 0,
                            .open_drain = registers_.get(reg::Pin::pad_driver, pin) != 0});
}

void Gpio::change_synchroniser(unsigned pin) {
  const auto edge = [](std::uint32_t field) {
    return field == 0 ? SampledOn::nothing : field == 1 ? SampledOn::falling_edge : SampledOn::rising_edge;
  };
  routing_.set_synchroniser(pin, edge(registers_.get(reg::Pin::sync1_bypass, pin)),
                            edge(registers_.get(reg::Pin::sync2_bypass, pin)));
}

void Gpio::change_input_select(std::uint32_t signal) {
  routing_.set_input(signal, {.select = registers_.get(reg::FuncInSelCfg::in_sel, signal),
                              .inverted = registers_.get(reg::FuncInSelCfg::in_inv_sel, signal) != 0,
                              .from_matrix = registers_.get(reg::FuncInSelCfg::sel, signal) != 0});
}

void Gpio::change_pin(unsigned pin) {
  if (pin >= chip::gpio_count) return;
  change_output_select(pin);  // the pad's driver
  change_synchroniser(pin);
  const auto type = static_cast<InterruptType>(registers_.get(reg::Pin::int_type, pin));
  const std::uint32_t enables = registers_.get(reg::Pin::int_ena, pin);
  const auto set = [pin](std::uint32_t& word, bool on) {
    word = on ? word | 1u << pin : word & ~(1u << pin);
  };
  set(on_rising_, type == InterruptType::rising || type == InterruptType::both);
  set(on_falling_, type == InterruptType::falling || type == InterruptType::both);
  set(on_low_, type == InterruptType::low);
  set(on_high_, type == InterruptType::high);
  set(to_cpu_, (enables & 1) != 0);
  set(to_nmi_, (enables & 2) != 0);
  registers_.word<reg::Status>() |= active_levels();
  update_interrupts();
}

std::uint32_t Gpio::active_levels() const { return (on_high_ & last_input_) | (on_low_ & ~last_input_); }

void Gpio::inputs_changed() {
  const std::uint32_t now = pins_.gpio_input();
  const std::uint32_t changed = now ^ last_input_;
  last_input_ = now;
  const std::uint32_t set = (on_rising_ & changed & now) | (on_falling_ & changed & ~now) | active_levels();
  std::uint32_t& status = registers_.word<reg::Status>();
  if ((status | set) == status) return;
  status |= set;
  update_interrupts();
}

void Gpio::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::Status>();
  interrupts_.set_source(InterruptSource::gpio, (status & to_cpu_) != 0);
  interrupts_.set_source(InterruptSource::gpio_nmi, (status & to_nmi_) != 0);
}

}  // namespace ferry::board
