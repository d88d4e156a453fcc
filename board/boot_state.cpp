#include "board/boot_state.hpp"

#include "board/devices/regi2c/regi2c.hpp"
#include "board/devices/rtc_cntl/rtc_cntl.hpp"
#include "board/devices/system/system.hpp"
#include "board/devices/timg/timg.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/timg.hpp"

namespace ferry::board {

namespace rtc = chip::rtc_cntl;
namespace sys = chip::system;
namespace timg = chip::timg;

namespace {

constexpr std::uint32_t watchdog_key = 0x50D8'3AA1, super_watchdog_key = 0x8F1D'312A;

void set_up_rtc(RtcCntl& device) {
  device.write(rtc::SwdWprotect::offset, super_watchdog_key);
  device.write(rtc::SwdConf::offset, device.read(rtc::SwdConf::offset) | rtc::SwdConf::swd_auto_feed_en.mask);
  device.write(rtc::SwdWprotect::offset, 0);

  constexpr std::uint32_t patience_ms = 9000, slow_clock_khz = 136, reset_rtc = 4;
  device.write(rtc::Wdtwprotect::offset, watchdog_key);
  // The hardware shifts the hold time of this stage by one to the left, and eFuse adds nothing to that.
  device.write(rtc::Wdtconfig1::offset, patience_ms * slow_clock_khz / 2);
  const std::uint32_t old =
      device.read(rtc::Wdtconfig0::offset) & ~rtc::Wdtconfig0::wdt_flashboot_mod_en.mask;
  device.write(rtc::Wdtconfig0::offset,
               rtc::Wdtconfig0::wdt_stg0.put(old, reset_rtc) | rtc::Wdtconfig0::wdt_en.mask);
  device.write(rtc::Wdtwprotect::offset, 0);

  // The crystal's frequency in MHz, twice, for who starts next.
  constexpr std::uint32_t crystal_mhz = 40;
  device.write(rtc::Store4::offset, crystal_mhz << 16 | crystal_mhz);
}

void stop_watchdog(Timg& device) {
  device.write(timg::Wdtwprotect::offset, watchdog_key);
  const std::uint32_t old = device.read(timg::Wdtconfig0::offset);
  device.write(timg::Wdtconfig0::offset, (old & ~timg::Wdtconfig0::wdt_flashboot_mod_en.mask) |
                                             timg::Wdtconfig0::wdt_conf_update_en.mask);
  device.write(timg::Wdtwprotect::offset, 0);
}

void run_from_pll(System& device) {
  const std::uint32_t period = device.read(sys::CpuPerConf::offset) | sys::CpuPerConf::pll_freq_sel.mask;
  device.write(sys::CpuPerConf::offset, sys::CpuPerConf::cpuperiod_sel.put(period, 0));
  const std::uint32_t clock = sys::SysclkConf::pre_div_cnt.put(device.read(sys::SysclkConf::offset), 0);
  device.write(sys::SysclkConf::offset, sys::SysclkConf::soc_clk_sel.put(clock, 1));
}

}  // namespace

void leave_as_second_stage(System& system, RtcCntl& rtc_cntl, Timg& timg0, Regi2c& regi2c) {
  set_up_rtc(rtc_cntl);
  stop_watchdog(timg0);
  regi2c.start_pll();
  run_from_pll(system);
}

}  // namespace ferry::board
