// What the analog bus leaves out.
#include "board/limits.hpp"

#include "board/devices/regi2c/regi2c.hpp"
#include "chip/esp32c3/regi2c.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::regi2c;

std::span<const Limit> Regi2c::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::Command>("a transaction takes 4 µs; all but the PLL behind it is stored"),
      approximated<reg::AnaConf0>(
          "stored", ~(reg::AnaConf0::bbpll_stop_force_high.mask | reg::AnaConf0::bbpll_stop_force_low.mask |
                      reg::AnaConf0::bbpll_cal_done.mask)),
  });
  return list;
}

}  // namespace ferry::board
