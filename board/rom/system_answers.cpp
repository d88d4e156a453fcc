// Delays, clocks, resets.
#include "board/rom/answers.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "chip/esp32c3/registers/timg.hpp"

#include <algorithm>
#include <array>

namespace ferry::board {

namespace {

namespace rtc = chip::rtc_cntl;
namespace sys = chip::system;
namespace timg = chip::timg;

// Until the cycle in t1:t0. Interrupts are taken meanwhile, and keep these registers as any program's.
void delay_step(RomCall& call) {
  Cpu& cpu = call.cpu();
  const std::uint64_t end = cpu.register_value(abi::t0) | std::uint64_t{cpu.register_value(abi::t1)} << 32;
  const std::uint64_t now = cpu.counters().cycles;
  if (now >= end) return;
  cpu.set_pc(address_of(RomStep::delay));
  call.spend(std::min(std::max<std::uint64_t>(cpu.free_cycles(), 1), end - now));
  call.go_on_at(cpu.pc());
}

void delay(RomCall& call) {
  Cpu& cpu = call.cpu();
  // The ROM multiplies in 32 bits.
  const std::uint32_t cycles = call.argument(0) * call.load(rom_data::ticks_per_us);
  const std::uint64_t end = cpu.counters().cycles + cycles;
  cpu.set_register(abi::t0, static_cast<std::uint32_t>(end));
  cpu.set_register(abi::t1, static_cast<std::uint32_t>(end >> 32));
  delay_step(call);
}

void cpu_frequency(RomCall& call) { call.result(call.load(rom_data::ticks_per_us)); }
void set_cpu_frequency(RomCall& call) { call.store(rom_data::ticks_per_us, call.argument(0)); }

std::uint32_t clock_configuration(RomCall& call) { return call.load(sys::base + sys::SysclkConf::offset); }
std::uint32_t crystal(RomCall& call) {
  return sys::SysclkConf::clk_xtal_freq.get(clock_configuration(call)) * 1'000'000;
}
std::uint32_t divider(RomCall& call) {
  return sys::SysclkConf::pre_div_cnt.get(clock_configuration(call)) + 1;
}

void crystal_frequency(RomCall& call) { call.result(crystal(call)); }
void crystal_divider(RomCall& call) { call.result(divider(call)); }
void set_crystal_divider(RomCall& call) {
  const std::uint32_t value = (call.argument(0) - 1) & sys::SysclkConf::pre_div_cnt.mask;
  call.store(sys::base + sys::SysclkConf::offset,
             sys::SysclkConf::pre_div_cnt.put(clock_configuration(call), value));
}
void apb_frequency(RomCall& call) {
  const bool from_crystal = sys::SysclkConf::soc_clk_sel.get(clock_configuration(call)) == 0;
  call.result(from_crystal ? crystal(call) / divider(call) : 80'000'000);
}

void reset_reason(RomCall& call) {
  call.result(rtc::ResetState::reset_cause_procpu.get(call.load(rtc::base + rtc::ResetState::offset)));
}

template <class Field>
void set_option(RomCall& call, Field field) {
  const std::uint32_t options = call.load(rtc::base + rtc::Options0::offset);
  call.store(rtc::base + rtc::Options0::offset, options | field.mask);
}
void reset_system(RomCall& call) { set_option(call, rtc::Options0::sw_sys_rst); }
void reset_cpu(RomCall& call) { set_option(call, rtc::Options0::sw_procpu_rst); }

void disable_watchdogs(RomCall& call) {
  constexpr std::uint32_t key = 0x50D8'3AA1;
  call.store(rtc::base + rtc::Wdtwprotect::offset, key);
  const std::uint32_t slow = call.load(rtc::base + rtc::Wdtconfig0::offset);
  call.store(rtc::base + rtc::Wdtconfig0::offset,
             slow & ~(rtc::Wdtconfig0::wdt_en.mask | rtc::Wdtconfig0::wdt_flashboot_mod_en.mask));
  call.store(rtc::base + rtc::Wdtwprotect::offset, 0);
  call.store(timg::base_0 + timg::Wdtwprotect::offset, key);
  const std::uint32_t main = call.load(timg::base_0 + timg::Wdtconfig0::offset);
  call.store(timg::base_0 + timg::Wdtconfig0::offset,
             (main & ~(timg::Wdtconfig0::wdt_en.mask | timg::Wdtconfig0::wdt_flashboot_mod_en.mask)) |
                 timg::Wdtconfig0::wdt_conf_update_en.mask);
  call.store(timg::base_0 + timg::Wdtwprotect::offset, 0);
}

// What has to be called around a backup of registers by DMA, which goes with a light sleep.
void set_backup_lock(RomCall& call) {
  call.store(rom_data::backup_lock, call.argument(0));
  call.store(rom_data::backup_unlock, call.argument(1));
}

constexpr std::array answers = std::to_array<RomAnswer>({
    {"ets_delay_us", delay, 8},
    {"ets_get_cpu_frequency", cpu_frequency, 3},
    {"ets_update_cpu_frequency", set_cpu_frequency, 3},
    {"ets_get_xtal_freq", crystal_frequency, 6},
    {"ets_get_xtal_div", crystal_divider, 8},
    {"ets_set_xtal_div", set_crystal_divider, 8},
    {"ets_get_apb_freq", apb_frequency, 15},
    {"rtc_get_reset_reason", reset_reason, 5},
    {"software_reset", reset_system, 8},
    {"software_reset_cpu", reset_cpu, 8},
    {"disable_default_watchdog", disable_watchdogs, 20},
    {"ets_apb_backup_init_lock_func", set_backup_lock, 3},
    // No wake-up from a deep sleep, no analog watchdog, no debugger behind a reset here.
    {"rtc_get_wakeup_cause", answer_with<0>, 8},
    {"analog_super_wdt_reset_happened", answer_with<0>, 8},
    {"jtag_cpu_reset_happened", answer_with<0>, 8},
    {"rtc_select_apb_bridge", answer_nothing, 8},
});
constexpr std::array steps = std::to_array<RomStepAnswer>({{RomStep::delay, delay_step}});

}  // namespace

std::span<const RomAnswer> system_answers() { return answers; }
std::span<const RomStepAnswer> system_steps() { return steps; }

}  // namespace ferry::board
