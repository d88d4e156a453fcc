// What SYSTIMER leaves out.
#include "board/limits.hpp"

#include "board/devices/systimer/systimer.hpp"
#include "chip/esp32c3/registers/systimer.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::systimer;

std::span<const Limit> Systimer::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::Conf>("stored; the CPU never stalls", reg::Conf::timer_unit0_core0_stall_en.mask |
                                                                  reg::Conf::timer_unit0_core1_stall_en.mask |
                                                                  reg::Conf::timer_unit1_core0_stall_en.mask |
                                                                  reg::Conf::timer_unit1_core1_stall_en.mask),
      approximated<reg::Conf>("stored; the clocks never stop",
                              reg::Conf::systimer_clk_fo.mask | reg::Conf::clk_en.mask),
  });
  return list;
}

}  // namespace ferry::board
