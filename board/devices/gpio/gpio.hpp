// GPIO: simple input and output, pin interrupts, and the matrix' selectors.
#pragma once

#include "board/lines.hpp"
#include "board/pins/pins.hpp"
#include "board/pins/routing.hpp"
#include "board/register_device.hpp"

#include <cstdint>

namespace ferry::board {

class Gpio : public RegisterDevice {
 public:
  Gpio(Pins& pins, Routing& routing, InterruptSink& interrupts, Observers& observers);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

  // What GPIO_STRAP shows: bit 3 GPIO9, bit 2 GPIO8, bit 1 GPIO3, bit 0 GPIO2 as latched at power-on and at
  // resets of the system. GPIO9 and GPIO8 count as high where nothing says otherwise: boards pull them up.
  void latch_straps();
  static constexpr std::uint32_t flash_boot_straps = 0xC;

 private:
  enum class InterruptType : std::uint8_t { off, rising, falling, both, low, high };

  void change_output();
  void change_pin(unsigned pin);
  void change_output_select(unsigned pin);
  void change_synchroniser(unsigned pin);
  void change_input_select(std::uint32_t signal);
  void inputs_changed();
  std::uint32_t active_levels() const;
  void update_interrupts();

  Pins& pins_;
  Routing& routing_;
  InterruptSink& interrupts_;
  std::uint32_t straps_ = flash_boot_straps;

  // One bit per pad: which pads' inputs the interrupt logic watches for what, and which lines their bits
  // reach.
  std::uint32_t on_rising_ = 0, on_falling_ = 0, on_low_ = 0, on_high_ = 0;
  std::uint32_t to_cpu_ = 0, to_nmi_ = 0;
  std::uint32_t last_input_ = 0;
};

}  // namespace ferry::board
