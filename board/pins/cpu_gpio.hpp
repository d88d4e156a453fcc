// The pads that CSR instructions reach: CPU_GPIO_OUT0 to 7 and CPU_GPIO_IN0 to 7 of the GPIO matrix
// (technical reference manual, 1.5 and table 5.11-1). They need no clock of their own.
#pragma once

#include "board/cpu/csr.hpp"
#include "board/pins/pins.hpp"

#include <cstdint>

namespace ferry::board {

class CpuGpio final : public DedicatedGpio {
 public:
  explicit CpuGpio(Pins& pins) : pins_(pins) {}

  void set_output_enable(std::uint8_t enables) override {
    for (unsigned index = 0; index < count; ++index)
      pins_.enable_output(chip::signal::cpu_gpio0 + index, (enables >> index & 1) != 0);
  }
  void set_output(std::uint8_t levels) override {
    for (unsigned index = 0; index < count; ++index)
      pins_.drive(chip::signal::cpu_gpio0 + index, (levels >> index & 1) != 0);
  }
  std::uint8_t input() override {
    unsigned levels = 0;
    for (unsigned index = 0; index < count; ++index)
      levels |= (pins_.input(chip::signal::cpu_gpio0 + index) ? 1u : 0u) << index;
    return static_cast<std::uint8_t>(levels);
  }

 private:
  static constexpr unsigned count = 8;

  Pins& pins_;
};

}  // namespace ferry::board
