#include "board/devices/io_mux/io_mux.hpp"

#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/io_mux_table.hpp"

namespace ferry::board {

namespace reg = chip::io_mux;

IoMux::IoMux(Routing& routing, Observers& observers)
    : RegisterDevice("IO_MUX", reg::registers, observers), routing_(routing) {
  reset();
}

void IoMux::reset() {
  registers_.reset();
  for (unsigned pin = 0; pin < chip::gpio_count; ++pin) change_pad(pin);
}

void IoMux::archive_state(StateArchive& archive) { archive_registers(archive); }

void IoMux::change_pad(unsigned pin) {
  const bool up = registers_.get(reg::Gpio::fun_wpu, pin) != 0;
  const bool down = registers_.get(reg::Gpio::fun_wpd, pin) != 0;
  // Both resistors at once make a divider between the supplies: a level that nothing promises, read as low.
  const Pull pull = down ? Pull::down : up ? Pull::up : Pull::none;
  routing_.set_function(pin, {.function = registers_.get(reg::Gpio::mcu_sel, pin),
                              .input_enabled = registers_.get(reg::Gpio::fun_ie, pin) != 0,
                              .pull = pull,
                              .filter = registers_.get(reg::Gpio::filter_en, pin) != 0});
}

}  // namespace ferry::board
