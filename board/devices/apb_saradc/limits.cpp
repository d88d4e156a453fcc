// What APB_SARADC leaves out.
#include "board/limits.hpp"

#include "board/devices/apb_saradc/apb_saradc.hpp"
#include "chip/esp32c3/registers/apb_saradc.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::apb_saradc;

std::span<const Limit> ApbSaradc::limits() const {
  constexpr std::uint32_t started = reg::Ctrl::saradc_start.mask | reg::Ctrl::saradc_start_force.mask;
  constexpr std::uint32_t thresholds =
      reg::IntRaw::apb_saradc_thres0_high_int_raw.mask | reg::IntRaw::apb_saradc_thres0_low_int_raw.mask |
      reg::IntRaw::apb_saradc_thres1_high_int_raw.mask | reg::IntRaw::apb_saradc_thres1_low_int_raw.mask;
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::Ctrl>("conversions by pattern", started),
      approximated<reg::Ctrl>("stored; the converters have power and clock", ~started),
      absent<reg::Ctrl2>("conversions by timer", reg::Ctrl2::saradc_timer_en.mask),
      approximated<reg::Ctrl2>("stored", ~reg::Ctrl2::saradc_timer_en.mask),
      approximated<reg::FilterCtrl0>("stored; there are no filters"),
      approximated<reg::FilterCtrl1>("stored; there are no filters"),
      approximated<reg::FsmWait>("stored; a conversion takes 12 µs"),
      absent<reg::Sar1Status>("a converter's inner state"),
      absent<reg::Sar2Status>("a converter's inner state"),
      approximated<reg::SarPattTab1>("stored; there are no conversions by pattern"),
      approximated<reg::SarPattTab2>("stored; there are no conversions by pattern"),
      approximated<reg::OnetimeSample>("a conversion takes 12 µs; the attenuation takes no part"),
      approximated<reg::ArbCtrl>("stored; the second converter is always granted"),
      approximated<reg::Sar1dataStatus>("a high pad is beyond the scale, a low one is 0"),
      approximated<reg::Sar2dataStatus>("a high pad is beyond the scale, a low one is 0"),
      approximated<reg::Thres0Ctrl>("stored; nothing is compared"),
      approximated<reg::Thres1Ctrl>("stored; nothing is compared"),
      absent<reg::ThresCtrl>("thresholds"),
      absent<reg::IntEna>("thresholds", thresholds),
      approximated<reg::DmaConf>("stored", ~reg::DmaConf::apb_adc_trans.mask),
      absent<reg::DmaConf>("DMA", reg::DmaConf::apb_adc_trans.mask),
      approximated<reg::ClkmConf>("stored; the controller's clock runs"),
      approximated<reg::ApbTsensCtrl>("25 °C"),
      approximated<reg::TsensCtrl2>("stored; the sensor is ready at once"),
      approximated<reg::Cali>("stored"),
  });
  return list;
}

}  // namespace ferry::board
