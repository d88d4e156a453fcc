// Counts the rising edges of up to four pins, by interrupt: good up to some 100 kHz. The HAL has no such
// thing, so the GPIO registers are used here; they are the same on silicon.
#pragma once

#include "chip/esp32c3/registers/gpio.hpp"
#include "ferry/interrupt.hpp"
#include "ferry/mmio.hpp"
#include "ferry/time.hpp"

#include <array>
#include <cstdint>

namespace conformance {

class EdgeCounter {
 public:
  static constexpr std::size_t pin_count = 4;

  /// Counts from here on. The pins' inputs are enabled already (gpio::Input, or an SPI line that receives).
  explicit EdgeCounter(std::array<unsigned, pin_count> pins) : pins_(pins) {
    using namespace ferry::chip::gpio;
    for (const unsigned pin : pins_) {
      ferry::mmio::modify(base, Pin::int_type(1) | Pin::int_ena(1), pin);
    }
    ferry::interrupt::attach(ferry::interrupt::Source::gpio, 1, &EdgeCounter::on_edge, this);
  }
  ~EdgeCounter() { ferry::interrupt::detach(ferry::interrupt::Source::gpio); }
  EdgeCounter(const EdgeCounter&) = delete;
  EdgeCounter& operator=(const EdgeCounter&) = delete;

  /// Edges since the last call, in the order of the pins.
  std::array<std::uint32_t, pin_count> take() {
    using namespace ferry::literals;
    ferry::delay(50_us);  // the last edge's handler
    std::array<std::uint32_t, pin_count> counts{};
    for (std::size_t i = 0; i < pin_count; ++i) {
      counts[i] = counts_[i];
      counts_[i] = 0;
    }
    return counts;
  }

 private:
  static void on_edge(void* object) {
    using namespace ferry::chip::gpio;
    auto& self = *static_cast<EdgeCounter*>(object);
    const std::uint32_t status = ferry::mmio::read<Status>(base);
    ferry::mmio::write_word<StatusW1tc>(base, status);
    for (std::size_t i = 0; i < pin_count; ++i) {
      if ((status >> self.pins_[i] & 1) != 0) self.counts_[i] = self.counts_[i] + 1;
    }
  }

  std::array<unsigned, pin_count> pins_;
  std::array<volatile std::uint32_t, pin_count> counts_{};
};

}  // namespace conformance
