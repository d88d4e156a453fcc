#include "board/devices/apb_ctrl/apb_ctrl.hpp"

#include "chip/esp32c3/registers/apb_ctrl.hpp"
#include "chip/esp32c3/registers/apb_ctrl_table.hpp"

namespace ferry::board {

namespace reg = chip::apb_ctrl;

ApbCtrl::ApbCtrl(Observers& observers) : RegisterDevice("APB_CTRL", reg::registers, observers) {}

void ApbCtrl::reset() {
  registers_.reset();
  random_state_ = 0;
}

void ApbCtrl::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(random_state_);
}

bool ApbCtrl::pure(std::uint32_t offset) const { return offset != reg::RndData::offset; }

// On silicon this is noise. Here it is the same sequence in every run, because a run must be repeatable:
// SplitMix64.
std::uint32_t ApbCtrl::read(std::uint32_t offset) {
  if (offset != reg::RndData::offset) return RegisterDevice::read(offset);
  std::uint64_t mixed = (random_state_ += 0x9E37'79B9'7F4A'7C15);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  return static_cast<std::uint32_t>(mixed ^ (mixed >> 31));
}

}  // namespace ferry::board
