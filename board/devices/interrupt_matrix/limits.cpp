// What INTERRUPT_CORE0 leaves out.
#include "board/limits.hpp"

#include "board/devices/interrupt_matrix/interrupt_matrix.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::interrupt_core0;

std::span<const Limit> InterruptMatrix::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      approximated<reg::ClockGate>("stored; the registers' clock never stops"),
  });
  return list;
}

}  // namespace ferry::board
