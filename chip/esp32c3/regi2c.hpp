// The internal serial bus to the chip's analog blocks ("regi2c") and the registers of the PLL behind it.
// Neither the SVD nor the reference manual describes them, so this header is written by hand.
//
// Sources. ANA_CONF0, ANA_CONFIG and the PLL's fields: esp-idf's regi2c_defs.h and regi2c_bbpll.h. CAL_DONE
// and the lock bits of the PLL's register 8: esp-pacs' I2C_ANA_MST, esp-hal's soc/esp32c3/regi2c.rs. The
// command word: esp-idf spells it out for the C6 (patches/esp_rom_hp_regi2c_esp32c6.c), published disassembly
// of the ESP32's ROM shows the same word for the block at this very address, one for each host, 4 bytes
// apart; the C3's analog blocks are all on host 0. A dump of a running C3 (cnlohr/esp32-c3-cntest) has the
// PLL's registers 0 to 10 as 18 25 50 08 6b 80 93 00 c1 92 03, which agrees with the fields below.
#pragma once

#include "chip/register.hpp"

namespace ferry::chip::regi2c {

inline constexpr std::uint32_t base = 0x6000E000;

// A write starts one transaction; `busy` reads 1 until it has ended. A read puts the byte into `data`.
struct Command {
  static constexpr std::uint32_t offset = 0x000, reset = 0x00000000;
  static constexpr std::uint32_t count = 1, stride = 0x4;
  static constexpr Field<Command, 0, 8, Access::read_write> slave{};
  static constexpr Field<Command, 8, 8, Access::read_write> address{};
  static constexpr Field<Command, 16, 8, Access::read_write> data{};
  static constexpr Field<Command, 24, 1, Access::read_write> write{};
  static constexpr Field<Command, 25, 1, Access::read_only> busy{};
};

// Calibration of the PLL starts with force_high 0 and force_low 1; cal_done tells its end.
struct AnaConf0 {
  static constexpr std::uint32_t offset = 0x040, reset = 0x00000000;
  static constexpr std::uint32_t count = 1, stride = 0x4;
  static constexpr Field<AnaConf0, 2, 1, Access::read_write> bbpll_stop_force_high{};
  static constexpr Field<AnaConf0, 3, 1, Access::read_write> bbpll_stop_force_low{};
  static constexpr Field<AnaConf0, 24, 1, Access::read_only> bbpll_cal_done{};
};

// Cuts slaves off the way back: they hear, and do not answer.
struct AnaConfig {
  static constexpr std::uint32_t offset = 0x044, reset = 0x00000000;
  static constexpr std::uint32_t count = 1, stride = 0x4;
  static constexpr Field<AnaConfig, 17, 1, Access::read_write> bbpll_pd{};
};

// A register behind the bus and some of its bits.
struct SlaveField {
  std::uint8_t slave, address, lsb, width;
  constexpr std::uint8_t mask() const { return static_cast<std::uint8_t>(((1u << width) - 1) << lsb); }
  constexpr std::uint32_t get(std::uint32_t content) const { return (content & mask()) >> lsb; }
};

// The PLL that makes 320 or 480 MHz of the 40 MHz crystal.
namespace bbpll {
inline constexpr std::uint8_t slave = 0x66;
inline constexpr SlaveField oc_ref_div{slave, 2, 0, 4}, oc_dchgp{slave, 2, 4, 3};
inline constexpr SlaveField oc_div_7_0{slave, 3, 0, 8};
inline constexpr SlaveField mode_hf{slave, 4, 1, 1};
inline constexpr SlaveField oc_dr1{slave, 5, 0, 3}, oc_dr3{slave, 5, 4, 3}, en_usb{slave, 5, 7, 1};
inline constexpr SlaveField oc_dcur{slave, 6, 0, 3}, oc_dhref_sel{slave, 6, 4, 2},
    oc_dlref_sel{slave, 6, 6, 2};
inline constexpr SlaveField or_cal_end{slave, 8, 6, 1}, or_lock{slave, 8, 7, 1};  // status, set by the PLL
inline constexpr SlaveField oc_vco_dbias{slave, 9, 0, 2};
}  // namespace bbpll

// The low-power references. Raising ir_resetb starts the calibration of their voltages ("o-code"); the two
// flags tell its end (esp-idf's regi2c_lp_bias.h, rtc_init.c).
namespace lp_bias {
inline constexpr std::uint8_t slave = 0x61;
inline constexpr SlaveField ir_resetb{slave, 0, 0, 1};
inline constexpr SlaveField o_done_flag{slave, 3, 0, 1}, bg_o_done_flag{slave, 3, 3, 1};  // status
}  // namespace lp_bias

// The two converters of APB_SARADC and the temperature sensor beside them (esp-idf's regi2c_saradc.h). What a
// converter finds is less than its input by the initial code; encal_gnd joins its input to ground.
namespace sar_adc {
inline constexpr std::uint8_t slave = 0x69;
inline constexpr SlaveField sar1_initial_code_low{slave, 0, 0, 8}, sar1_initial_code_high{slave, 1, 0, 4};
inline constexpr SlaveField sar2_initial_code_low{slave, 3, 0, 8}, sar2_initial_code_high{slave, 4, 0, 4};
inline constexpr SlaveField tsens_dac{slave, 6, 0, 4};
inline constexpr SlaveField sar1_encal_gnd{slave, 7, 5, 1}, sar2_encal_gnd{slave, 7, 7, 1};
}  // namespace sar_adc

// The regulators of the digital core and of the RTC domain.
namespace dig_reg {
inline constexpr std::uint8_t slave = 0x6D;
inline constexpr SlaveField ext_rtc_dreg{slave, 4, 0, 5}, ext_dig_dreg{slave, 6, 0, 5};
}  // namespace dig_reg

}  // namespace ferry::chip::regi2c
