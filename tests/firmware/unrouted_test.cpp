// The start code takes back every interrupt route that somebody before it has left: here, this program itself
// before it resets the CPU. Such a reset leaves the interrupt matrix as it is.
#include "check.hpp"
#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>

using namespace ferry;
namespace matrix = chip::interrupt_core0;
using matrix::CpuIntEnable;

namespace {

constexpr std::uint32_t reset_on_purpose = 0x5EED'0001;

// The MAP registers have names of their own but lie in a row, one word for each source.
volatile std::uint32_t& route_of(std::uint32_t source) {
  return *reinterpret_cast<volatile std::uint32_t*>(matrix::base + 4 * source);
}

}  // namespace

int main() {
  if (mmio::read<chip::rtc_cntl::Store0>(chip::rtc_cntl::base) != reset_on_purpose) {
    mmio::write_word<chip::rtc_cntl::Store0>(chip::rtc_cntl::base, reset_on_purpose);
    // Lines without a priority are never taken, so nothing comes of this before the reset.
    for (std::uint32_t source = 0; source < chip::interrupt_source_count; ++source)
      route_of(source) = 1 + source % 31;
    FERRY_CHECK_EQUAL(route_of(19), 20u);
    mmio::write_word<CpuIntEnable>(matrix::base, 0xFFFF'FFFE);
    mmio::modify(chip::rtc_cntl::base, chip::rtc_cntl::Options0::sw_procpu_rst(1));
    delay(Duration::milliseconds(1));
    FERRY_CHECK(false);  // the reset did not come
    return check::result();
  }
  mmio::write_word<chip::rtc_cntl::Store0>(chip::rtc_cntl::base, 0);
  std::uint32_t routed = 0;
  for (std::uint32_t source = 0; source < chip::interrupt_source_count; ++source)
    if (route_of(source) != 0) ++routed;
  FERRY_CHECK_EQUAL(routed, 0u);
  FERRY_CHECK_EQUAL(mmio::read<CpuIntEnable>(matrix::base), 0u);
  return check::result();
}
