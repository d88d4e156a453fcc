// From the first call of start.S to main and from main's return to exit.

#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/timg.hpp"
#include "ferry/clock.hpp"
#include "ferry/fatal.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/start.hpp"

#include <cstdint>

// main is the program's; the language does not allow calling it, but freestanding start code has to.
extern "C" int ferry_main() asm("main");

extern "C" {
using Initializer = void (*)();
extern const Initializer ferry_init_array_start[];
extern const Initializer ferry_init_array_end[];
}

namespace {

using namespace ferry;

// Each watchdog has a lock that opens with a fixed number (reference manual, chapter 12).
constexpr std::uint32_t watchdog_key = 0x50D8'3AA1;
constexpr std::uint32_t super_watchdog_key = 0x8F1D'312A;

// After a boot from flash the RTC watchdog and that of timer group 0 run, whatever their enable bits say.
void stop_rtc_watchdog() {
  using namespace chip::rtc_cntl;
  mmio::write(base, Wdtwprotect::wdt_wkey(watchdog_key));
  mmio::modify(base, Wdtconfig0::wdt_flashboot_mod_en(0) | Wdtconfig0::wdt_en(0));
  mmio::write(base, Wdtwprotect::wdt_wkey(0));

  mmio::write(base, SwdWprotect::swd_wkey(super_watchdog_key));
  mmio::modify(base, SwdConf::swd_auto_feed_en(1));
  mmio::write(base, SwdWprotect::swd_wkey(0));
}

void stop_timer_group_watchdog(std::uint32_t base) {
  using namespace chip::timg;
  mmio::write(base, Wdtwprotect::wdt_wkey(watchdog_key));
  mmio::modify(base, Wdtconfig0::wdt_flashboot_mod_en(0) | Wdtconfig0::wdt_en(0));
  // The watchdog has its own clock and takes a new configuration only when told.
  mmio::modify(base, Wdtconfig0::wdt_conf_update_en(1));
  mmio::write(base, Wdtwprotect::wdt_wkey(0));
}

}  // namespace

// Called before .bss is cleared: uses no static variables.
extern "C" void ferry_start_chip() {
  stop_rtc_watchdog();
  stop_timer_group_watchdog(chip::timg::base_0);
  stop_timer_group_watchdog(chip::timg::base_1);
  detail::unroute_all_interrupts();
  detail::start_cpu_clock();
}

extern "C" [[noreturn]] void ferry_start_program() {
  detail::start_system_timer();
  detail::start_uart0();
  for (const Initializer* initializer = ferry_init_array_start; initializer != ferry_init_array_end;
       ++initializer) {
    (*initializer)();
  }
  asm volatile("csrsi mstatus, 8"
               :
               :
               : "memory");  // nothing is routed yet: quiet until something is attached
  ferry::exit(ferry_main());
}
