// What a timer group leaves out.
#include "board/limits.hpp"

#include "board/devices/timg/timg.hpp"
#include "chip/esp32c3/registers/timg.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::timg;

std::span<const Limit> Timg::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::T0update>("the value is there at once"),
      approximated<reg::Wdtconfig0>(
          "stored; a reset takes no time",
          reg::Wdtconfig0::wdt_cpu_reset_length.mask | reg::Wdtconfig0::wdt_sys_reset_length.mask),
      approximated<reg::Wdtconfig0>("stored; there is one CPU", reg::Wdtconfig0::wdt_appcpu_reset_en.mask),
      approximated<reg::Rtccalicfg2>("stored", reg::Rtccalicfg2::rtc_cali_timeout_rst_cnt.mask),
      approximated<reg::Regclk>("stored; the clocks never stop"),
  });
  return list;
}

}  // namespace ferry::board
