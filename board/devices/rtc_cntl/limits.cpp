// What RTC_CNTL leaves out.
#include "board/limits.hpp"

#include "board/devices/rtc_cntl/rtc_cntl.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"

#include <array>

namespace ferry::board {

namespace reg = chip::rtc_cntl;

namespace {

// All of OPTIONS0 but stalls, resets and the PLL's power.
constexpr std::uint32_t analog_power =
    ~(reg::Options0::sw_stall_procpu_c0.mask | reg::Options0::sw_stall_appcpu_c0.mask |
      reg::Options0::sw_appcpu_rst.mask | reg::Options0::sw_procpu_rst.mask | reg::Options0::sw_sys_rst.mask |
      reg::Options0::bb_i2c_force_pd.mask | reg::Options0::bbpll_i2c_force_pd.mask |
      reg::Options0::bbpll_force_pd.mask);
constexpr std::uint32_t sleep_interrupts =
    reg::IntRawRtc::slp_wakeup_int_raw.mask | reg::IntRawRtc::slp_reject_int_raw.mask;
constexpr std::uint32_t supply_interrupts = reg::IntRawRtc::brown_out_int_raw.mask |
                                            reg::IntRawRtc::glitch_det_int_raw.mask |
                                            reg::IntRawRtc::bbpll_cal_int_raw.mask;

}  // namespace

std::span<const Limit> RtcCntl::limits() const {
  static constexpr auto list = std::to_array<Limit>({

      absent<reg::Options0>("stalling the CPU", reg::Options0::sw_stall_procpu_c0.mask),
      approximated<reg::Options0>("stored; there is one CPU",
                                  reg::Options0::sw_stall_appcpu_c0.mask | reg::Options0::sw_appcpu_rst.mask),
      approximated<reg::Options0>("stored; power of the analog parts", analog_power),
      absent<reg::TimeUpdate>("time stamps of stall, crystal and reset",
                              reg::TimeUpdate::timer_sys_stall.mask | reg::TimeUpdate::timer_xtl_off.mask |
                                  reg::TimeUpdate::timer_sys_rst.mask),
      absent<reg::State0>("sleep", reg::State0::sleep_en.mask),
      approximated<reg::State0>("stored; the board does not sleep", ~reg::State0::sleep_en.mask),
      approximated<reg::Timer1>("stored; waiting times of sleep"),
      approximated<reg::Timer2>("stored; waiting times of sleep"),
      approximated<reg::Timer3>("stored; waiting times of sleep"),
      approximated<reg::Timer4>("stored; waiting times of sleep"),
      approximated<reg::Timer5>("stored; waiting times of sleep"),
      approximated<reg::Timer6>("stored; waiting times of sleep"),
      approximated<reg::AnaConf>("stored; power of the analog parts"),
      approximated<reg::ResetState>("its reset value", ~reg::ResetState::reset_cause_procpu.mask),
      approximated<reg::WakeupState>("stored; the board does not sleep"),
      absent<reg::IntEnaRtc>("sleep", sleep_interrupts),
      absent<reg::IntEnaRtc>("32 kHz crystal", reg::IntRawRtc::xtal32k_dead_int_raw.mask),
      approximated<reg::IntEnaRtc>("never comes: voltage and clocks are always good", supply_interrupts),
      approximated<reg::IntRawRtc>(
          "never comes", sleep_interrupts | supply_interrupts | reg::IntRawRtc::xtal32k_dead_int_raw.mask),
      absent<reg::ExtXtlConf>("32 kHz crystal"),
      approximated<reg::ExtWakeupConf>("stored; the board does not sleep"),
      approximated<reg::SlpRejectConf>("stored; the board does not sleep"),
      approximated<reg::CpuPeriodConf>("stored; SYSTEM sets the CPU's clock"),
      approximated<reg::ClkConf>("stored; all clocks run", ~reg::ClkConf::ana_clk_rtc_sel.mask),
      absent<reg::SlowClkConf>("division of the slow clock", reg::SlowClkConf::ana_clk_div.mask),
      approximated<reg::SlowClkConf>("stored", ~reg::SlowClkConf::ana_clk_div.mask),
      approximated<reg::SdioConf>("stored; the flash's supply"),
      approximated<reg::BiasConf>("stored; power of the analog parts"),
      approximated<reg::RtcCntl>("stored; power of the analog parts"),
      approximated<reg::DigPwc>("stored; nothing loses power"),
      approximated<reg::DigIso>("stored; nothing is isolated", ~(reg::DigIso::dg_pad_force_hold.mask |
                                                                 reg::DigIso::dg_pad_force_unhold.mask)),
      approximated<reg::Wdtconfig0>(
          "stored; a reset takes no time, there is one CPU, the board does not sleep",
          reg::Wdtconfig0::wdt_chip_reset_width.mask | reg::Wdtconfig0::wdt_chip_reset_en.mask |
              reg::Wdtconfig0::wdt_pause_in_slp.mask | reg::Wdtconfig0::wdt_appcpu_reset_en.mask |
              reg::Wdtconfig0::wdt_sys_reset_length.mask | reg::Wdtconfig0::wdt_cpu_reset_length.mask),
      approximated<reg::SwdConf>("stored; a reset takes no time", reg::SwdConf::swd_signal_width.mask),
      absent<reg::SwCpuStall>("stalling the CPU", reg::SwCpuStall::sw_stall_procpu_c1.mask),
      approximated<reg::SwCpuStall>("stored; there is one CPU", reg::SwCpuStall::sw_stall_appcpu_c1.mask),
      approximated<reg::LowPowerSt>("its reset value; the board does not sleep"),
      approximated<reg::Diag0>("its reset value"),
      approximated<reg::BrownOut>("stored; the voltage never falls"),
      absent<reg::Xtal32kClkFactor>("32 kHz crystal"),
      absent<reg::Xtal32kConf>("32 kHz crystal"),
      absent<reg::UsbConf>("pads that keep their settings over a reset"),
      approximated<reg::SlpRejectCause>("0: the board does not sleep"),
      absent<reg::Option1>("download mode"),
      approximated<reg::SlpWakeupCause>("0: the board does not sleep"),
      approximated<reg::UlpCpTimer1>("stored; there is no second processor"),
      approximated<reg::RetentionCtrl>("stored; the board does not sleep"),
      approximated<reg::FibSel>("stored"),
      absent<reg::GpioWakeup>("sleep"),
      approximated<reg::DbgSel>("stored; test outputs"),
      approximated<reg::DbgMap>("stored; test outputs"),
      approximated<reg::SensorCtrl>("stored; power of the analog parts"),
      approximated<reg::DbgSarSel>("stored; test outputs"),
      approximated<reg::PgCtrl>("stored; the voltage never falls"),
  });
  return list;
}

}  // namespace ferry::board
