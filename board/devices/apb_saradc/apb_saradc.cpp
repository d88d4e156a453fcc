#include "board/devices/apb_saradc/apb_saradc.hpp"

#include "chip/esp32c3/registers/apb_saradc.hpp"
#include "chip/esp32c3/registers/apb_saradc_table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ferry::board {

namespace reg = chip::apb_saradc;
namespace analog = chip::regi2c::sar_adc;

namespace {

constexpr std::uint32_t largest = 4095, above_all = 2 * 4096;  // 12 bits; an input beyond them

// Channels 0 to 4 of the first unit are GPIO0 to 4, channel 0 of the second is GPIO5.
std::optional<unsigned> pad_of(bool second_unit, std::uint32_t channel) {
  if (second_unit) return channel == 0 ? std::optional(5u) : std::nullopt;
  return channel <= 4 ? std::optional(channel) : std::nullopt;
}

}  // namespace

ApbSaradc::ApbSaradc(Timeline& timeline, const Pins& pins, InterruptSink& interrupts, Observers& observers,
                     AnalogField analog_field)
    : RegisterDevice("APB_SARADC", reg::registers, observers),
      pins_(pins),
      interrupts_(interrupts),
      analog_field_(std::move(analog_field)),
      conversion_(timeline, [this] { end_conversion(); }) {
  reset();
}

void ApbSaradc::reset() {
  registers_.reset();
  conversion_.cancel();
  sampled_ = 0;
  update_interrupts();
}

void ApbSaradc::archive_state(StateArchive& archive) {
  archive_registers(archive);
  archive(sampled_, conversion_);
}

void ApbSaradc::start_conversion() {
  if (conversion_.pending()) return;  // it runs to its end
  sampled_ = registers_.word<reg::OnetimeSample>();
  if ((sampled_ & (reg::OnetimeSample::saradc1_onetime_sample.mask |
                   reg::OnetimeSample::saradc2_onetime_sample.mask)) != 0)
    conversion_.after(conversion_time);
}

// Results carry their channel above the 12 bits, with a bit between.
void ApbSaradc::end_conversion() {
  constexpr unsigned channel_shift = 13;
  const std::uint32_t channel = reg::OnetimeSample::saradc_onetime_channel.get(sampled_) & 7;
  if (reg::OnetimeSample::saradc1_onetime_sample.get(sampled_) != 0) {
    registers_.word<reg::Sar1dataStatus>() = channel << channel_shift | convert(Unit::sar1, channel);
    registers_.set(reg::IntRaw::apb_saradc1_done_int_raw, 1);
  }
  if (reg::OnetimeSample::saradc2_onetime_sample.get(sampled_) != 0) {
    registers_.word<reg::Sar2dataStatus>() = channel << channel_shift | convert(Unit::sar2, channel);
    registers_.set(reg::IntRaw::apb_saradc2_done_int_raw, 1);
  }
  update_interrupts();
}

std::uint32_t ApbSaradc::convert(Unit unit, std::uint32_t channel) const {
  const bool second_unit = unit == Unit::sar2;
  const bool grounded = analog_field_(second_unit ? analog::sar2_encal_gnd : analog::sar1_encal_gnd) != 0;
  const auto pad = pad_of(second_unit, channel);
  const std::uint32_t input = !grounded && pad && pins_.level(*pad) ? above_all : 0;
  const std::uint32_t high =
      analog_field_(second_unit ? analog::sar2_initial_code_high : analog::sar1_initial_code_high);
  const std::uint32_t low =
      analog_field_(second_unit ? analog::sar2_initial_code_low : analog::sar1_initial_code_low);
  const std::uint32_t initial = high << 8 | low;
  return input <= initial ? 0 : std::min(input - initial, largest);
}

// 25 °C in each of the sensor's ranges, by esp-idf's formula: 0.4386 a step, 27.88 for each range,
// less 20.52.
std::uint32_t ApbSaradc::temperature() const {
  struct Range {
    std::uint32_t dac, steps;
  };
  static constexpr std::array ranges =
      std::to_array<Range>({{5, 0}, {7, 40}, {15, 104}, {11, 167}, {10, 231}});
  constexpr std::uint32_t middle = 104;
  const std::uint32_t dac = analog_field_(analog::tsens_dac);
  const auto* const range = std::ranges::find(ranges, dac, &Range::dac);
  return range == ranges.end() ? middle : range->steps;
}

void ApbSaradc::update_interrupts() {
  const std::uint32_t status = registers_.word<reg::IntRaw>() & registers_.word<reg::IntEna>();
  registers_.word<reg::IntSt>() = status;
  interrupts_.set_source(chip::InterruptSource::apb_adc, status != 0);
}

}  // namespace ferry::board
