// The register layouts against the manual: numbers written by hand from it, most of them checked by the
// compiler.
#include "chip/esp32c3/interrupts.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/dma.hpp"
#include "chip/esp32c3/registers/gpio.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/io_mux.hpp"
#include "chip/esp32c3/registers/io_mux_table.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/system_table.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "chip/esp32c3/registers/timg.hpp"
#include "chip/esp32c3/registers/uart.hpp"
#include "chip/esp32c3/registers/usb_serial_jtag.hpp"
#include "chip/esp32c3/signals.hpp"
#include "chip/register.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <string_view>

namespace ferry::chip {
namespace {

template <class F>
constexpr bool field_is(F, unsigned lsb, unsigned width, Access access) {
  return F::lsb == lsb && F::width == width && F::access == access;
}
template <class Register>
constexpr bool register_is(std::uint32_t offset, std::uint32_t reset) {
  return Register::offset == offset && Register::reset == reset;
}
template <class Register>
constexpr bool array_is(std::uint32_t offset, std::uint32_t count, std::uint32_t stride) {
  return Register::offset == offset && Register::count == count && Register::stride == stride;
}

// ---- Where the blocks are
static_assert(dma::base == 0x6003'F000 && spi2::base == 0x6002'4000 && gpio::base == 0x6000'4000);
static_assert(io_mux::base == 0x6000'9000 && system::base == 0x600C'0000 &&
              interrupt_core0::base == 0x600C'2000);
static_assert(systimer::base == 0x6002'3000 && uart::base_0 == 0x6000'0000 && uart::base_1 == 0x6001'0000);
static_assert(usb_serial_jtag::base == 0x6004'3000 && timg::base_0 == 0x6001'F000 &&
              timg::base_1 == 0x6002'0000);
static_assert(rtc_cntl::base == 0x6000'8000);

// ---- SYSTEM
static_assert(register_is<system::CpuPeriRstEn>(0x04, 0xC0) && register_is<system::CpuPerConf>(0x08, 0xC));
static_assert(register_is<system::PeripClkEn0>(0x10, 0xF9C1'E06F) &&
              register_is<system::PeripRstEn0>(0x18, 0));
static_assert(register_is<system::PeripClkEn1>(0x14, 0) && register_is<system::PeripRstEn1>(0x1C, 0x1FE));
static_assert(register_is<system::SysclkConf>(0x58, 1));
static_assert(field_is(system::PeripClkEn0::uart_clk_en, 2, 1, Access::read_write));
static_assert(field_is(system::PeripClkEn0::spi2_clk_en, 6, 1, Access::read_write));
static_assert(field_is(system::PeripClkEn0::systimer_clk_en, 29, 1, Access::read_write));
static_assert(field_is(system::PeripClkEn0::i2s0_clk_en, 21, 1, Access::read_write),
              "esp-idf's bit, not the SVD's");
static_assert(field_is(system::PeripRstEn0::i2s0_rst, 21, 1, Access::read_write));
static_assert(field_is(system::PeripClkEn1::dma_clk_en, 6, 1, Access::read_write));
static_assert(field_is(system::SysclkConf::pre_div_cnt, 0, 10, Access::read_write));
static_assert(field_is(system::SysclkConf::soc_clk_sel, 10, 2, Access::read_write));
static_assert(field_is(system::SysclkConf::clk_xtal_freq, 12, 7, Access::read_only));
static_assert(array_is<system::CpuIntrFromCpu>(0x28, 4, 4));

// ---- GPIO and IO_MUX
static_assert(array_is<gpio::Pin>(0x74, 26, 4) && array_is<gpio::FuncInSelCfg>(0x154, 128, 4));
static_assert(array_is<gpio::FuncOutSelCfg>(0x554, 26, 4) && gpio::FuncOutSelCfg::reset == 0x80);
static_assert(field_is(gpio::Pin::pad_driver, 2, 1, Access::read_write));
static_assert(field_is(gpio::Pin::int_type, 7, 3, Access::read_write));
static_assert(field_is(gpio::Pin::int_ena, 13, 5, Access::read_write));
static_assert(field_is(gpio::FuncInSelCfg::in_sel, 0, 5, Access::read_write));
static_assert(field_is(gpio::FuncInSelCfg::sel, 6, 1, Access::read_write));
static_assert(field_is(gpio::FuncOutSelCfg::oen_sel, 9, 1, Access::read_write));
static_assert(field_is(gpio::OutW1ts::out_w1ts, 0, 26, Access::write_trigger));
static_assert(array_is<io_mux::Gpio>(0x04, 22, 4));
static_assert(field_is(io_mux::Gpio::fun_ie, 9, 1, Access::read_write));
static_assert(field_is(io_mux::Gpio::mcu_sel, 12, 3, Access::read_write));

// ---- INTERRUPT_CORE0
static_assert(interrupt_core0::CpuIntEnable::offset == 0x104 && interrupt_core0::CpuIntType::offset == 0x108);
static_assert(interrupt_core0::CpuIntClear::offset == 0x10C &&
              interrupt_core0::CpuIntEipStatus::offset == 0x110);
static_assert(array_is<interrupt_core0::CpuIntPri>(0x114, 32, 4) &&
              interrupt_core0::CpuIntThresh::offset == 0x194);
static_assert(static_cast<int>(InterruptSource::spi2) == 19 &&
              static_cast<int>(InterruptSource::uart0) == 21);
static_assert(static_cast<int>(InterruptSource::systimer_target0) == 37);
static_assert(static_cast<int>(InterruptSource::dma_channel0) == 44 &&
              static_cast<int>(InterruptSource::from_cpu0) == 50);

// ---- SYSTIMER
static_assert(register_is<systimer::Conf>(0x00, 0x4600'0000));
static_assert(array_is<systimer::UnitOp>(0x04, 2, 4) && array_is<systimer::UnitValueHi>(0x40, 2, 8));
static_assert(array_is<systimer::TargetHi>(0x1C, 3, 8) && array_is<systimer::TargetConf>(0x34, 3, 4));
static_assert(array_is<systimer::CompLoad>(0x50, 3, 4) && array_is<systimer::UnitLoad>(0x5C, 2, 4));
static_assert(field_is(systimer::UnitOp::timer_unit_update, 30, 1, Access::write_trigger));
static_assert(field_is(systimer::UnitOp::timer_unit_value_valid, 29, 1, Access::sticky));
static_assert(field_is(systimer::IntRaw::target0_int_raw, 0, 1, Access::sticky));
static_assert(field_is(systimer::IntClr::target0_int_clr, 0, 1, Access::write_trigger));
static_assert(field_is(systimer::TargetConf::target_period, 0, 26, Access::read_write));

// ---- Timer groups
static_assert(register_is<timg::T0config>(0x00, 0x6000'2000) &&
              register_is<timg::Wdtconfig0>(0x48, 0x4'C000));
static_assert(register_is<timg::Wdtwprotect>(0x64, 0x50D8'3AA1) &&
              register_is<timg::Rtccalicfg>(0x68, 0x1'3000));
static_assert(field_is(timg::T0config::alarm_en, 10, 1, Access::self_clearing));
static_assert(field_is(timg::T0config::divider, 13, 16, Access::read_write));
static_assert(field_is(timg::Wdtconfig0::wdt_conf_update_en, 22, 1, Access::write_trigger));
static_assert(field_is(timg::Wdtconfig0::wdt_flashboot_mod_en, 14, 1, Access::read_write));
static_assert(field_is(timg::IntRawTimers::t0_int_raw, 0, 1, Access::sticky));

// ---- RTC_CNTL
static_assert(register_is<rtc_cntl::ResetState>(0x38, 0x3000) &&
              register_is<rtc_cntl::Wdtconfig0>(0x90, 0x1'3214));
static_assert(register_is<rtc_cntl::Wdtconfig1>(0x94, 200'000) &&
              register_is<rtc_cntl::SwdConf>(0xAC, 0x4B0'0000));
static_assert(register_is<rtc_cntl::Wdtwprotect>(0xA8, 0) && register_is<rtc_cntl::SwdWprotect>(0xB0, 0));
static_assert(field_is(rtc_cntl::Options0::bbpll_force_pd, 10, 1, Access::read_write));
static_assert(field_is(rtc_cntl::Options0::sw_sys_rst, 31, 1, Access::write_only));
static_assert(field_is(rtc_cntl::SwdConf::swd_auto_feed_en, 31, 1, Access::read_write));
static_assert(field_is(rtc_cntl::Wdtconfig0::wdt_flashboot_mod_en, 12, 1, Access::read_write));

// ---- UART and USB Serial/JTAG
static_assert(register_is<uart::Clkdiv>(0x14, 0x2B6) && register_is<uart::Status>(0x1C, 0xE000'C000));
static_assert(register_is<uart::ClkConf>(0x78, 0x370'1000) && register_is<uart::Id>(0x80, 0x4000'0500));
static_assert(field_is(uart::Status::txfifo_cnt, 16, 10, Access::read_only));
static_assert(field_is(uart::Clkdiv::frag, 20, 4, Access::read_write));
static_assert(field_is(uart::Id::reg_update, 31, 1, Access::self_clearing));
static_assert(field_is(uart::IntRaw::tx_done_int_raw, 14, 1, Access::sticky));
static_assert(field_is(usb_serial_jtag::Ep1Conf::wr_done, 0, 1, Access::write_trigger));
static_assert(field_is(usb_serial_jtag::Ep1Conf::serial_in_ep_data_free, 1, 1, Access::read_only));

// ---- GDMA and SPI2
static_assert(array_is<dma::InLink>(0x80, 3, 0xC0) && array_is<dma::OutLink>(0xE0, 3, 0xC0));
static_assert(field_is(dma::InLink::inlink_addr, 0, 20, Access::read_write));
static_assert(spi2::Cmd::offset == 0x00 && spi2::Clock::offset == 0x0C && spi2::Clock::reset == 0x8000'3043);

// ---- Memory
static_assert(memory_map::sram1_data.start == 0x3FC8'0000 && memory_map::sram1_data.end() == 0x3FCE'0000);
static_assert(memory_map::sram1_instruction.start == memory_map::sram1_data.start + 0x70'0000);
static_assert(memory_map::dma_memory.contains(0x3FCD'FFFF) && !memory_map::dma_memory.contains(0x3FCE'0000));
static_assert(!memory_map::dma_memory.contains(0x3FCD'FFFF, 2) &&
              !memory_map::dma_memory.contains(0x4038'0000));

// ---- What a field does
using system::SysclkConf;
static_assert(SysclkConf::soc_clk_sel.mask == 0xC00);
static_assert(SysclkConf::soc_clk_sel.get(0x0000'0BFF) == 2);
static_assert(SysclkConf::soc_clk_sel.put(0xFFFF'FFFF, 1) == 0xFFFF'F7FF);
static_assert(SysclkConf::soc_clk_sel(3).bits == 0xC00 && SysclkConf::soc_clk_sel(3).mask == 0xC00);
static_assert((SysclkConf::soc_clk_sel(1) | SysclkConf::pre_div_cnt(5)).bits == 0x405);
static_assert((SysclkConf::soc_clk_sel(1) | SysclkConf::pre_div_cnt(5)).mask == 0xFFF);
static_assert(SysclkConf::soc_clk_sel.run_time(7).bits == 0xC00, "what does not fit is cut off");
static_assert(Bits<1>::maximum == 1 && Bits<32>::maximum == 0xFFFF'FFFF);

// A field that stores cannot reach cannot be given a value.
template <class F>
concept settable = requires(F field) { field.run_time(1); };
static_assert(settable<decltype(SysclkConf::soc_clk_sel)>);
static_assert(!settable<decltype(SysclkConf::clk_xtal_freq)>);
static_assert(!settable<decltype(systimer::IntRaw::target0_int_raw)>);
static_assert(settable<decltype(systimer::IntClr::target0_int_clr)>);
static_assert(writable(Access::sticky_writable) && !writable(Access::sticky) && !writable(Access::read_only));
static_assert(readable(Access::sticky) && !readable(Access::write_trigger) && !readable(Access::write_only));

TEST(ChipRegisters, TablesSayTheSameAsTheTypes) {
  for (const auto& info : system::registers) {
    if (info.name != std::string_view("SYSCLK_CONF")) continue;
    EXPECT_EQ(info.offset, SysclkConf::offset);
    ASSERT_GE(info.fields.size(), 2u);
    EXPECT_EQ(info.fields[1].name, "SOC_CLK_SEL");
    EXPECT_EQ(info.fields[1].mask(), 0xC00u);
  }
}

TEST(ChipRegisters, AnArrayMayHaveAResetValuePerIndex) {
  const auto& pads = io_mux::registers[1];
  ASSERT_EQ(pads.name, "GPIO");
  EXPECT_EQ(pads.reset_of(0), 0x800u);
  EXPECT_EQ(pads.reset_of(9), 0xB00u);
  EXPECT_EQ(pads.reset_of(21), 0x900u);
}

}  // namespace
}  // namespace ferry::chip
