#include "board/devices/interrupt_matrix/interrupt_matrix.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"

namespace ferry::board {

namespace reg = chip::interrupt_core0;

namespace {

// The MAP registers of the sources come first, one word each in order of their number.
constexpr std::uint32_t maps_end = 4 * chip::interrupt_source_count;
static_assert(maps_end == reg::IntrStatusReg::offset);

}  // namespace

std::uint32_t InterruptMatrix::read(std::uint32_t offset) {
  switch (offset) {
    case reg::IntrStatusReg::offset:
      return static_cast<std::uint32_t>(source_levels_);
    case reg::IntrStatusReg::offset + reg::IntrStatusReg::stride:
      return static_cast<std::uint32_t>(source_levels_ >> 32);
    case reg::CpuIntEipStatus::offset:
      return pending();
    default:
      return RegisterDevice::read(offset);
  }
}

void InterruptMatrix::write(std::uint32_t offset, std::uint32_t value) {
  registers_.store(offset, value);
  if (offset < maps_end) return route(offset / 4, value & 0x1F);
  switch (offset) {
    case reg::CpuIntEnable::offset:
      enabled_ = value & ~1u;
      break;
    case reg::CpuIntType::offset:
      latched_ &= value;  // a line that becomes level-triggered forgets its edge
      edge_types_ = value;
      break;
    case reg::CpuIntClear::offset:
      // While the bit is 1 the latch is held empty: software writes 1, then 0.
      cleared_ = value;
      latched_ &= ~value;
      break;
    default:
      if (is<reg::CpuIntPri>(offset)) {
        priorities_[index_of<reg::CpuIntPri>(offset)] = value & 0xF;
      } else if (offset != reg::CpuIntThresh::offset) {
        return;
      }
      unmasked_ = 0;
      for (unsigned line = 1; line < chip::interrupt_line_count; ++line) {
        const bool counts =
            priorities_[line] != 0 && priorities_[line] >= registers_.get(reg::CpuIntThresh::cpu_int_thresh);
        if (counts) unmasked_ |= 1u << line;
      }
      break;
  }
  update();
}

}  // namespace ferry::board
