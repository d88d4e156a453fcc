// Pads and the GPIO matrix.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"

#include <array>

namespace ferry::board {

namespace {

namespace gpio = chip::gpio;
namespace mux = chip::io_mux;

constexpr std::uint32_t signal_count = gpio::FuncInSelCfg::count, pad_count = mux::Gpio::count;

void matrix_in(RomCall& call) {
  constexpr std::uint32_t directly = 0x3A;  // "no pad": the matrix is passed by
  const std::uint32_t pad = call.argument(0), signal = call.argument(1);
  if (signal >= signal_count) return;
  std::uint32_t value = pad;
  if (call.argument(2) != 0) value |= gpio::FuncInSelCfg::in_inv_sel.mask;
  if (pad != directly) value |= gpio::FuncInSelCfg::sel.mask;
  call.store(gpio::base + gpio::FuncInSelCfg::offset + 4 * signal, value);
}

void matrix_out(RomCall& call) {
  const std::uint32_t pad = call.argument(0);
  if (pad >= gpio::FuncOutSelCfg::count) return;
  std::uint32_t value = call.argument(1);
  if (call.argument(2) != 0) value |= gpio::FuncOutSelCfg::inv_sel.mask;
  if (call.argument(3) != 0) value |= gpio::FuncOutSelCfg::oen_inv_sel.mask;
  call.store(gpio::base + gpio::FuncOutSelCfg::offset + 4 * pad, value);
  call.store(gpio::base + gpio::EnableW1ts::offset, 1u << pad);
}

// A signal that comes through the pad's own function instead of the matrix.
void bypass_matrix_in(RomCall& call) {
  const std::uint32_t signal = call.argument(0);
  if (signal >= signal_count) return;
  const std::uint32_t place = gpio::base + gpio::FuncInSelCfg::offset + 4 * signal;
  const std::uint32_t old = call.load(place) & ~gpio::FuncInSelCfg::sel.mask;
  call.store(place, call.argument(1) != 0 ? old : old | gpio::FuncInSelCfg::sel.mask);
}

void change_pad(RomCall& call, std::uint32_t set, std::uint32_t clear) {
  const std::uint32_t pad = call.argument(0);
  if (pad >= pad_count) return;
  const std::uint32_t place = mux::base + mux::Gpio::offset + 4 * pad;
  call.store(place, (call.load(place) & ~clear) | set);
}
void select_gpio(RomCall& call) { change_pad(call, mux::Gpio::mcu_sel.put(0, 1), mux::Gpio::mcu_sel.mask); }
void set_drive(RomCall& call) {
  change_pad(call, mux::Gpio::fun_drv.put(0, call.argument(1) & 3), mux::Gpio::fun_drv.mask);
}
void pull_up(RomCall& call) { change_pad(call, mux::Gpio::fun_wpu.mask, mux::Gpio::fun_wpd.mask); }
void pull_down(RomCall& call) { change_pad(call, mux::Gpio::fun_wpd.mask, mux::Gpio::fun_wpu.mask); }
void input_enable(RomCall& call) { change_pad(call, mux::Gpio::fun_ie.mask, 0); }
void input_disable(RomCall& call) { change_pad(call, 0, mux::Gpio::fun_ie.mask); }

void output_enable(RomCall& call) {
  if (call.argument(0) < pad_count) call.store(gpio::base + gpio::EnableW1ts::offset, 1u << call.argument(0));
}
void output_disable(RomCall& call) {
  if (call.argument(0) < pad_count) call.store(gpio::base + gpio::EnableW1tc::offset, 1u << call.argument(0));
}
void output_set(RomCall& call) {
  call.store(gpio::base + gpio::OutW1ts::offset, call.argument(0));
  call.store(gpio::base + gpio::OutW1tc::offset, call.argument(1));
  call.store(gpio::base + gpio::EnableW1ts::offset, call.argument(2));
  call.store(gpio::base + gpio::EnableW1tc::offset, call.argument(3));
}
void input_get(RomCall& call) { call.result(call.load(gpio::base + gpio::In::offset)); }

constexpr std::array answers = std::to_array<RomAnswer>({
    {"rom_gpio_matrix_in", matrix_in, 10},
    {"rom_gpio_matrix_out", matrix_out, 15},
    {"rom_gpio_bypass_matrix_in", bypass_matrix_in, 10},
    {"rom_gpio_pad_select_gpio", select_gpio, 12},
    {"rom_gpio_pad_set_drv", set_drive, 12},
    {"rom_gpio_pad_pullup", pull_up, 12},
    {"rom_gpio_pad_pulldown", pull_down, 12},
    {"rom_gpio_pad_input_enable", input_enable, 12},
    {"rom_gpio_pad_input_disable", input_disable, 12},
    {"rom_gpio_output_enable", output_enable, 10},
    {"rom_gpio_output_disable", output_disable, 10},
    {"rom_gpio_output_set", output_set, 10},
    {"rom_gpio_input_get", input_get, 3},
});

}  // namespace

std::span<const RomAnswer> pad_answers() { return answers; }

}  // namespace ferry::board
