#include "hal/src/spi/gates.hpp"

#include "chip/esp32c3/registers/system.hpp"
#include "ferry/interrupt.hpp"
#include "ferry/mmio.hpp"

namespace ferry::spi::detail {

using namespace chip::system;

void open_gates() {
  // These two registers are everybody's, and changing a bit of them takes two accesses.
  interrupt::critical_section([] {
    mmio::modify(base, PeripClkEn0::spi2_clk_en(1));
    mmio::modify(base, PeripRstEn0::spi2_rst(1));
    mmio::modify(base, PeripRstEn0::spi2_rst(0));
  });
}

std::optional<Error> closed_gate() {
  if (mmio::read(base, PeripClkEn0::spi2_clk_en) == 0) return Error::clock_off;
  if (mmio::read(base, PeripRstEn0::spi2_rst) != 0) return Error::in_reset;
  return {};
}

}  // namespace ferry::spi::detail
