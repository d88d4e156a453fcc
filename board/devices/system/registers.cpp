#include "board/devices/system/system.hpp"
#include "chip/esp32c3/registers/system.hpp"

namespace ferry::board {

namespace reg = chip::system;

void System::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  switch (offset) {
    case reg::CpuPeriClkEn::offset:
    case reg::CpuPeriRstEn::offset:
    case reg::PeripClkEn0::offset:
    case reg::PeripClkEn1::offset:
    case reg::PeripRstEn0::offset:
    case reg::PeripRstEn1::offset:
      return update_gates();
    case reg::CpuPerConf::offset:
    case reg::SysclkConf::offset:
      return update_clocks();
    default:
      break;
  }
  if (is<reg::CpuIntrFromCpu>(offset)) {
    const auto source =
        static_cast<std::uint32_t>(chip::InterruptSource::from_cpu0) + index_of<reg::CpuIntrFromCpu>(offset);
    interrupts_.set_source(static_cast<chip::InterruptSource>(source), (value & 1) != 0);
  }
}

}  // namespace ferry::board
