#include "board/devices/apb_saradc/apb_saradc.hpp"
#include "chip/esp32c3/registers/apb_saradc.hpp"

namespace ferry::board {

namespace reg = chip::apb_saradc;

// The sensor's range lies behind the analog bus and may change without this device being told.
bool ApbSaradc::pure(std::uint32_t offset) const { return offset != reg::ApbTsensCtrl::offset; }

std::uint32_t ApbSaradc::read(std::uint32_t offset) {
  const std::uint32_t value = RegisterDevice::read(offset);
  if (offset == reg::ApbTsensCtrl::offset && reg::ApbTsensCtrl::tsens_pu.get(value) != 0)
    return reg::ApbTsensCtrl::tsens_out.put(value, temperature());
  return value;
}

void ApbSaradc::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::OnetimeSample::offset: {
      const bool was = registers_.get(reg::OnetimeSample::saradc_onetime_start) != 0;
      registers_.store(offset, value);
      if (!was && registers_.get(reg::OnetimeSample::saradc_onetime_start) != 0) start_conversion();
      return;
    }
    case reg::IntClr::offset:
      registers_.word<reg::IntRaw>() &= ~value;
      return update_interrupts();
    case reg::IntEna::offset:
      registers_.store(offset, value);
      return update_interrupts();
    default:
      return registers_.store(offset, value);
  }
}

}  // namespace ferry::board
