// What IO_MUX leaves out.
#include "board/limits.hpp"

#include "board/devices/io_mux/io_mux.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::io_mux;

std::span<const Limit> IoMux::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::PinCtrl>("clock outputs"),
      absent<reg::Gpio>("settings of a pad for sleep", reg::Gpio::mcu_oe.mask | reg::Gpio::slp_sel.mask |
                                                           reg::Gpio::mcu_wpd.mask | reg::Gpio::mcu_wpu.mask |
                                                           reg::Gpio::mcu_ie.mask),
      approximated<reg::Gpio>("stored; every driver is equally strong", reg::Gpio::fun_drv.mask),
  });
  return list;
}

}  // namespace ferry::board
