// What GPIO leaves out.
#include "board/limits.hpp"

#include "board/devices/gpio/gpio.hpp"
#include "chip/esp32c3/registers/gpio.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::gpio;

std::span<const Limit> Gpio::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::BtSelect>("selection of pins for the radio"),
      approximated<reg::Strap>("an open GPIO8 counts as high; the firmware starts whatever it says"),
      absent<reg::SdioSelect>("SDIO"),
      absent<reg::CpusdioInt>("SDIO"),
      absent<reg::Pin>("wake-up by a pin", reg::Pin::wakeup_enable.mask),
      approximated<reg::Pin>("stored; no document says what it does", reg::Pin::config.mask),
      approximated<reg::ClockGate>("stored; the registers' clock never stops"),
  });
  return list;
}

}  // namespace ferry::board
