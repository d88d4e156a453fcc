// EFUSE: what is burnt into the chip. The read registers hold the fuses of an ESP32-C3 of revision v0.4 with
// a MAC address of its own; nothing can be burnt.
#pragma once

#include "board/lines.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"

#include <array>
#include <cstdint>

namespace ferry::board {

class Efuse : public RegisterDevice {
 public:
  // Most significant byte first, as it is written. The first byte's second bit marks it as not assigned by
  // anyone.
  static constexpr std::array<std::uint8_t, 6> mac{0x02, 0xFE, 0x44, 0x59, 0x00, 0x01};
  static constexpr unsigned wafer_major = 0, wafer_minor = 4;
  // EFUSE_WDT_DELAY_SEL, which the RTC watchdog's first stage depends on.
  static constexpr unsigned watchdog_delay_select = 0;
  // Reading all blocks anew takes a few dozen cycles of the eFuse clock.
  static constexpr Time read_time = 5 * microsecond;

  Efuse(Timeline& timeline, InterruptSink& interrupts, Observers& observers);

  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t) const override { return true; }

 private:
  void fill_fuses();
  void read_done();
  void update_interrupts();

  InterruptSink& interrupts_;
  Event read_event_;
};

}  // namespace ferry::board
