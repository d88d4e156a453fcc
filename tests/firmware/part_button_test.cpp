// run: --diagram {here}/diagrams/button.json
// A button that interrupts at both edges, and an LED that follows it.
#include "check.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>
#include <utility>

using namespace ferry;
using namespace ferry::literals;

namespace {

constexpr std::uint32_t button_pin = 9;
volatile std::uint32_t edges = 0;

void on_edge() {
  mmio::write_word<chip::gpio::StatusW1tc>(chip::gpio::base, 1u << button_pin);
  edges = edges + 1;
}

}  // namespace

int main() {
  auto chip = take();
  const gpio::Input button{std::move(chip.gpio9), gpio::Pull::up};
  gpio::Output led{std::move(chip.gpio4)};
  {
    using namespace chip::gpio;
    mmio::modify(base, Pin::int_type(3) | Pin::int_ena(1), button_pin);  // both edges
  }
  interrupt::attach(interrupt::Source::gpio, 1, on_edge);

  FERRY_CHECK(button.is_high());
  for (std::uint32_t press = 0; press < 2; ++press) {
    while (edges == 2 * press) {
    }
    led.set_high();
    FERRY_CHECK(button.is_low());
    const Instant pressed = time::now();
    while (edges == 2 * press + 1) {
    }
    led.set_low();
    const Duration held = time::now() - pressed;
    FERRY_CHECK(held > 4900_us && held < 5100_us);
  }
  FERRY_CHECK_EQUAL(edges, 4u);
  return check::result();
}
