// run: --wire GPIO4:GPIO5
// Pins as outputs and inputs, and what the routing functions write.
#include "chip/esp32c3/registers/gpio.hpp"

#include "check.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <utility>

using namespace ferry;
using gpio::Level;

namespace {

std::uint32_t pad(unsigned pin) { return mmio::read<chip::io_mux::Gpio>(chip::io_mux::base, pin); }

// The matrix samples pads with the bus clock, two cycles late.
void let_the_level_arrive() { delay(Duration::microseconds(1)); }

bool reads(const gpio::Input& input, Level level) {
  let_the_level_arrive();
  return input.read() == level;
}

}  // namespace

int main() {
  auto chip = take();

  // Over the wire.
  gpio::Output output{std::move(chip.gpio4), Level::high};
  const gpio::Input input{std::move(chip.gpio5)};
  FERRY_CHECK(output.level() == Level::high);
  FERRY_CHECK(reads(input, Level::high));
  output.set_low();
  FERRY_CHECK(output.level() == Level::low);
  FERRY_CHECK(reads(input, Level::low));
  output.toggle();
  FERRY_CHECK(reads(input, Level::high));
  output.toggle();
  FERRY_CHECK(reads(input, Level::low));
  output.set(Level::high);
  FERRY_CHECK(input.is_high() && !input.is_low());

  // A moved Output drives on.
  gpio::Output moved = std::move(output);
  FERRY_CHECK(reads(input, Level::high));
  moved.set_low();
  FERRY_CHECK(reads(input, Level::low));

  // Pins with nothing connected follow their pulls.
  FERRY_CHECK(reads(gpio::Input{std::move(chip.gpio6), gpio::Pull::up}, Level::high));
  FERRY_CHECK(reads(gpio::Input{std::move(chip.gpio7), gpio::Pull::down}, Level::low));

  // Tokens know when they are gone.
  FERRY_CHECK(!chip.gpio4.held());
  FERRY_CHECK(chip.gpio10.held());

  using chip::gpio::FuncInSelCfg;
  using chip::gpio::FuncOutSelCfg;
  constexpr std::uint32_t base = chip::gpio::base;
  using Pad = chip::io_mux::Gpio;
  gpio::detail::route_output(3, chip::signal::fspid);
  FERRY_CHECK_EQUAL(mmio::read<FuncOutSelCfg>(base, 3), 65u);
  FERRY_CHECK_EQUAL(Pad::mcu_sel.get(pad(3)), 1u);
  gpio::detail::route_input(3, chip::signal::fspiq, gpio::Pull::up);
  FERRY_CHECK_EQUAL(mmio::read<FuncInSelCfg>(base, 64), 3u | 1u << 6);
  FERRY_CHECK_EQUAL(mmio::read<FuncOutSelCfg>(base, 3), 65u);
  FERRY_CHECK_EQUAL(Pad::fun_ie.get(pad(3)), 1u);
  FERRY_CHECK_EQUAL(Pad::fun_wpu.get(pad(3)), 1u);
  FERRY_CHECK_EQUAL(Pad::fun_wpd.get(pad(3)), 0u);
  gpio::detail::disconnect_input(chip::signal::fspiq, Level::low);
  FERRY_CHECK_EQUAL(mmio::read<FuncInSelCfg>(base, 64), 0x1Fu | 1u << 6);
  gpio::detail::disconnect_output(3);
  FERRY_CHECK_EQUAL(FuncOutSelCfg::out_sel.get(mmio::read<FuncOutSelCfg>(base, 3)), 128u);
  FERRY_CHECK_EQUAL(mmio::read<chip::gpio::Enable>(base) & (1u << 3), 0u);
  return check::result();
}
