// The CPU's way from the crystal to the PLL (reference manual, chapter 6; order and analog values as
// esp-idf's rtc_clk.c and clk_tree_ll.h have them for a crystal of 40 MHz and a PLL of 480 MHz).

#include "ferry/clock.hpp"

#include "chip/esp32c3/regi2c.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/start.hpp"

#include <cstdint>
#include <optional>

namespace ferry {
namespace {

using chip::regi2c::SlaveField;
using chip::system::CpuPerConf;
using chip::system::SysclkConf;
constexpr std::uint32_t system_base = chip::system::base;

// SYSCLK_CONF.SOC_CLK_SEL
constexpr std::uint32_t from_crystal = 0, from_pll = 1, from_rc_fast = 2;
// CPU_PER_CONF.CPUPERIOD_SEL
constexpr std::uint32_t period_of_160_mhz = 1;
// CPU_PER_CONF.PLL_FREQ_SEL
constexpr std::uint32_t pll_of_480_mhz = 1;

// The analog bus. A transaction takes some microseconds; a thousand polls are far more.
namespace analog {

using chip::regi2c::Command;

constexpr int most_polls = 1000;

bool wait_idle() {
  for (int polls = 0; polls < most_polls; ++polls) {
    if (mmio::read(chip::regi2c::base, Command::busy) == 0) return true;
  }
  return false;
}

std::optional<std::uint8_t> read(std::uint8_t slave, std::uint8_t address) {
  if (!wait_idle()) return std::nullopt;
  mmio::write(chip::regi2c::base, Command::slave.run_time(slave) | Command::address.run_time(address));
  if (!wait_idle()) return std::nullopt;
  return static_cast<std::uint8_t>(mmio::read(chip::regi2c::base, Command::data));
}

bool write(std::uint8_t slave, std::uint8_t address, std::uint32_t value) {
  if (!wait_idle()) return false;
  mmio::write(chip::regi2c::base, Command::slave.run_time(slave) | Command::address.run_time(address) |
                                      Command::data.run_time(value) | Command::write(1));
  return wait_idle();
}

// Changes some bits of a register and keeps the others.
bool change(SlaveField field, std::uint32_t value) {
  const auto old = read(field.slave, field.address);
  if (!old) return false;
  const std::uint32_t mask = field.mask();
  return write(field.slave, field.address, (*old & ~mask) | (value << field.lsb));
}

constexpr std::uint32_t bits(SlaveField field, std::uint32_t value) { return value << field.lsb; }

}  // namespace analog

bool pll_is_calibrated() {
  using namespace chip::regi2c;
  if (mmio::read(base, AnaConf0::bbpll_cal_done) != 0) return true;
  // The PLL's own status says the same, and on a chip that does not have the bit above it alone does.
  const auto status = analog::read(bbpll::slave, bbpll::or_cal_end.address);
  return status && bbpll::or_cal_end.get(*status) != 0;
}

bool start_pll() {
  using namespace chip::regi2c;
  using chip::rtc_cntl::Options0;
  mmio::modify(chip::rtc_cntl::base,
               Options0::bb_i2c_force_pd(0) | Options0::bbpll_i2c_force_pd(0) | Options0::bbpll_force_pd(0));
  mmio::modify(base, AnaConfig::bbpll_pd(0));

  mmio::modify(system_base, CpuPerConf::pll_freq_sel(pll_of_480_mhz));
  mmio::modify(base, AnaConf0::bbpll_stop_force_high(0) | AnaConf0::bbpll_stop_force_low(1));

  // The numbers are Espressif's; no document explains them. 0x6B is register 4 with mode_hf set.
  constexpr std::uint32_t mode_480_mhz = 0x6B;
  const bool written =
      analog::write(bbpll::slave, bbpll::mode_hf.address, mode_480_mhz) &&
      analog::write(bbpll::slave, bbpll::oc_ref_div.address,
                    analog::bits(bbpll::oc_dchgp, 5) | analog::bits(bbpll::oc_ref_div, 0)) &&
      analog::write(bbpll::slave, bbpll::oc_div_7_0.address, 8) &&
      // These two share a register with en_usb, which must stay as it is.
      analog::change(bbpll::oc_dr1, 0) && analog::change(bbpll::oc_dr3, 0) &&
      analog::write(bbpll::slave, bbpll::oc_dcur.address,
                    analog::bits(bbpll::oc_dlref_sel, 2) | analog::bits(bbpll::oc_dhref_sel, 1) |
                        analog::bits(bbpll::oc_dcur, 3)) &&
      analog::change(bbpll::oc_vco_dbias, 2) && analog::change(bbpll::oc_dhref_sel, 2) &&
      analog::change(bbpll::oc_dlref_sel, 1);
  if (!written) return false;

  // Calibration takes some 100 µs. Each turn reads over the analog bus, at least 3 µs.
  constexpr int most_turns = 1000;
  for (int turn = 0; turn < most_turns; ++turn) {
    if (pll_is_calibrated()) return true;
  }
  return false;
}

// Code 28 is what esp-idf gives both regulators for 160 MHz where the factory stored no better one. A failure
// is no reason to stay slow: chips run at the value of reset too, with less margin.
void raise_core_voltage() {
  using namespace chip::regi2c;
  constexpr std::uint32_t for_160_mhz = 28;
  static_cast<void>(analog::change(dig_reg::ext_rtc_dreg, for_160_mhz));
  static_cast<void>(analog::change(dig_reg::ext_dig_dreg, for_160_mhz));
}

}  // namespace

void detail::start_cpu_clock() {
  // A loader may have started the PLL already. It must not be calibrated while the CPU runs from it.
  if (!clock::pll_is_running()) {
    mmio::modify(system_base, SysclkConf::pre_div_cnt(0) | SysclkConf::soc_clk_sel(from_crystal));
    if (!start_pll()) return;
  }
  raise_core_voltage();
  mmio::modify(system_base, CpuPerConf::cpuperiod_sel(period_of_160_mhz));
  mmio::modify(system_base, SysclkConf::pre_div_cnt(0) | SysclkConf::soc_clk_sel(from_pll));
}

bool clock::pll_is_running() { return mmio::read(system_base, SysclkConf::soc_clk_sel) == from_pll; }

Hertz clock::cpu_frequency() {
  const std::uint32_t word = mmio::read<SysclkConf>(system_base);
  const std::uint32_t source = SysclkConf::soc_clk_sel.get(word);
  if (source == from_pll) {
    return Hertz{mmio::read(system_base, CpuPerConf::cpuperiod_sel) == period_of_160_mhz ? 160'000'000u
                                                                                         : 80'000'000u};
  }
  // The RC oscillator's frequency is a nominal one (17.5 MHz).
  const std::uint32_t root = source == from_rc_fast ? 17'500'000u : crystal_frequency.value;
  return Hertz{root / (SysclkConf::pre_div_cnt.get(word) + 1)};
}

Hertz clock::apb_frequency() { return pll_is_running() ? Hertz{80'000'000} : cpu_frequency(); }

}  // namespace ferry
