// APB_SARADC: two analog-to-digital converters, and the temperature sensor beside them. Single conversions
// are here; conversions by pattern and timer, their way to DMA, filters and thresholds are not.
//
// A pad of the board is high or low and nothing in between: 3.3 V is above what a converter can tell at every
// attenuation, and low is ground. The converters have no offset, so software's calibration, which looks for
// the initial code that brings ground to zero, finds the smallest.
#pragma once

#include "board/lines.hpp"
#include "board/pins/pins.hpp"
#include "board/register_device.hpp"
#include "board/timeline.hpp"
#include "chip/esp32c3/regi2c.hpp"

#include <cstdint>
#include <functional>

namespace ferry::board {

class ApbSaradc : public RegisterDevice {
 public:
  // Not documented; esp-idf's limit for DMA is 83,333 conversions a second.
  static constexpr Time conversion_time = 12 * microsecond;
  // Behind the analog bus: initial codes, the switch to ground, the sensor's range.
  using AnalogField = std::function<std::uint32_t(const chip::regi2c::SlaveField&)>;

  ApbSaradc(Timeline& timeline, const Pins& pins, InterruptSink& interrupts, Observers& observers,
            AnalogField analog_field);

  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  void reset() override;
  void archive_state(StateArchive& archive) override;
  std::span<const Limit> limits() const override;
  bool pure(std::uint32_t offset) const override;

 private:
  enum class Unit : std::uint8_t { sar1, sar2 };

  void start_conversion();
  void end_conversion();
  std::uint32_t convert(Unit unit, std::uint32_t channel) const;
  std::uint32_t temperature() const;
  void update_interrupts();

  const Pins& pins_;
  InterruptSink& interrupts_;
  AnalogField analog_field_;
  std::uint32_t sampled_ = 0;  // ONETIME_SAMPLE as the running conversion began
  Event conversion_;
};

}  // namespace ferry::board
