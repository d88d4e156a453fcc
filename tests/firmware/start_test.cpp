// What the start code promises: memory, registers, clocks, silent watchdogs.
#include "check.hpp"
#include "chip/esp32c3/memory_map.hpp"
#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "chip/esp32c3/registers/rtc_cntl.hpp"
#include "chip/esp32c3/registers/timg.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;

extern "C" const char ferry_stack_bottom[], ferry_stack_top[];

namespace {

volatile std::uint32_t initialised = 0x1234'5678;
volatile std::uint32_t zero[100];
thread_local volatile std::uint32_t thread_initialised = 0x8765'4321;
thread_local volatile std::uint32_t thread_zero;
// More alignment than anything else here: the two linkers count from different places.
alignas(64) thread_local volatile std::uint32_t thread_aligned[16];

std::uint32_t constructed_at_pll = 0;
struct Constructed {
  Constructed() { constructed_at_pll = clock::cpu_frequency().value; }
} constructed;

template <int Number>
std::uint32_t read_csr() {
  std::uint32_t value;
  asm volatile("csrr %0, %1" : "=r"(value) : "i"(Number));
  return value;
}

}  // namespace

int main() {
  FERRY_CHECK_EQUAL(initialised, 0x1234'5678u);
  std::uint32_t sum = 0;
  for (const auto& word : zero) sum |= word;
  FERRY_CHECK_EQUAL(sum, 0u);
  FERRY_CHECK_EQUAL(thread_initialised, 0x8765'4321u);
  FERRY_CHECK_EQUAL(thread_zero, 0u);
  FERRY_CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(&thread_aligned[0]) % 64, 0u);
  std::uint32_t thread_sum = 0;
  for (auto& word : thread_aligned) {
    thread_sum |= word;
    word = 0xFFFF'FFFF;
  }
  FERRY_CHECK_EQUAL(thread_sum, 0u);

  sum = 0;
  for (const auto& word : zero) sum |= word;
  FERRY_CHECK_EQUAL(sum, 0u);  // thread-local variables do not lie over others

  // Static constructors run when the clock is up already.
  FERRY_CHECK_EQUAL(constructed_at_pll, 160'000'000u);
  FERRY_CHECK_EQUAL(clock::cpu_frequency(), 160_MHz);
  FERRY_CHECK_EQUAL(clock::apb_frequency(), 80_MHz);

  // Code and data are the same bytes on two buses.
  const auto code = reinterpret_cast<std::uintptr_t>(&read_csr<0x300>) & ~std::uintptr_t{3};
  FERRY_CHECK(chip::memory_map::sram1_instruction.contains(code));
  FERRY_CHECK_EQUAL(
      *reinterpret_cast<const volatile std::uint32_t*>(code),
      *reinterpret_cast<const volatile std::uint32_t*>(code - chip::memory_map::instruction_bus_offset));

  std::uint32_t local = 0;
  const auto stack = reinterpret_cast<std::uintptr_t>(&local);
  FERRY_CHECK(stack > reinterpret_cast<std::uintptr_t>(ferry_stack_bottom));
  FERRY_CHECK(stack < reinterpret_cast<std::uintptr_t>(ferry_stack_top));

  constexpr int mstatus = 0x300, mtvec = 0x305;
  FERRY_CHECK_EQUAL(read_csr<mtvec>() & 0xFF, 1u);
  FERRY_CHECK((read_csr<mstatus>() & 8) != 0);

  FERRY_CHECK_EQUAL(mmio::read<chip::interrupt_core0::CpuIntEnable>(chip::interrupt_core0::base), 0u);
  FERRY_CHECK_EQUAL(mmio::read<chip::interrupt_core0::CpuIntThresh>(chip::interrupt_core0::base), 1u);

  {
    using namespace chip::rtc_cntl;
    FERRY_CHECK_EQUAL(mmio::read(base, Wdtconfig0::wdt_flashboot_mod_en), 0u);
    FERRY_CHECK_EQUAL(mmio::read(base, Wdtconfig0::wdt_en), 0u);
    FERRY_CHECK_EQUAL(mmio::read(base, SwdConf::swd_auto_feed_en), 1u);
  }
  for (const std::uint32_t base : {chip::timg::base_0, chip::timg::base_1}) {
    using chip::timg::Wdtconfig0;
    FERRY_CHECK_EQUAL(mmio::read(base, Wdtconfig0::wdt_flashboot_mod_en), 0u);
    FERRY_CHECK_EQUAL(mmio::read(base, Wdtconfig0::wdt_en), 0u);
  }
  // Each watchdog would have bitten within three seconds.
  delay(5_s);
  return check::result();
}
