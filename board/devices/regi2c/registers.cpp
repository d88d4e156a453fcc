#include "board/devices/regi2c/regi2c.hpp"
#include "chip/esp32c3/regi2c.hpp"

namespace ferry::board {

namespace reg = chip::regi2c;

std::uint32_t Regi2c::read(std::uint32_t offset) {
  const std::uint32_t value = RegisterDevice::read(offset);
  if (offset == reg::AnaConf0::offset) return reg::AnaConf0::bbpll_cal_done.put(value, calibrated_ ? 1 : 0);
  if (offset <= 4) return reg::Command::busy.put(value, busy_[offset / 4] ? 1 : 0);
  return value;
}

void Regi2c::write(std::uint32_t offset, std::uint32_t value) {
  if (offset <= 4) return start_transaction(offset / 4, value);
  registers_.store(offset, value);
  if (offset == reg::AnaConf0::offset) update_pll();
}

}  // namespace ferry::board
