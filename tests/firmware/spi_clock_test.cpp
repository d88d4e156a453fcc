// The frequency solver: its table of known register values, its limits, and that the register gets the value.
#include "check.hpp"
#include "chip/esp32c3/registers/spi2.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>
#include <utility>

using namespace ferry;
using namespace ferry::literals;
using spi::ClockSource;
using spi::Frequency;

namespace {

constexpr std::uint32_t none = 0xFFFF'FFFF;

constexpr std::uint32_t clock(Hertz request, ClockSource source) {
  const auto frequency = Frequency::at_run_time(request, source);
  return frequency ? frequency->clock_register() : none;
}

constexpr Hertz actual(Hertz request, ClockSource source = ClockSource::automatic) {
  return Frequency::at_run_time(request, source).value_or(Frequency{1_MHz}).actual();
}

// Values that other drivers write for the same requests.
static_assert(clock(80_kHz, ClockSource::xtal) == 0x27'1631);
static_assert(clock(100_kHz, ClockSource::xtal) == 0x1F'1631);
static_assert(clock(800_kHz, ClockSource::xtal) == 0x03'1631);
static_assert(clock(1_MHz, ClockSource::xtal) == 0x02'74E7);
static_assert(clock(2_MHz, ClockSource::xtal) == 0x01'3253);
static_assert(clock(10_MHz, ClockSource::xtal) == 0x00'3043);
static_assert(clock(20_MHz, ClockSource::xtal) == 0x00'1001);
static_assert(clock(26_MHz, ClockSource::xtal) == 0x00'1001);
static_assert(clock(40_MHz, ClockSource::xtal) == 0x8000'0000);
static_assert(clock(100_kHz, ClockSource::pll80) == 0x3F'1631);
static_assert(clock(1_MHz, ClockSource::pll80) == 0x06'74E7);
static_assert(clock(10_MHz, ClockSource::pll80) == 0x00'70C7);
static_assert(clock(40_MHz, ClockSource::pll80) == 0x00'1001);
static_assert(clock(80_MHz, ClockSource::pll80) == 0x8000'0000);

// The ends of both ranges.
static_assert(clock(0_Hz, ClockSource::xtal) == none);
static_assert(clock(39'061_Hz, ClockSource::xtal) == none);
static_assert(clock(39'062_Hz, ClockSource::xtal) == 0x3F'F7FF);
static_assert(clock(40'000'001_Hz, ClockSource::xtal) == none);
static_assert(clock(78'124_Hz, ClockSource::pll80) == none);
static_assert(clock(78'125_Hz, ClockSource::pll80) == 0x3F'F7FF);
static_assert(clock(80'000'001_Hz, ClockSource::pll80) == none);
static_assert(clock(80'000'001_Hz, ClockSource::automatic) == none);
static_assert(clock(Hertz{0xFFFF'FFFF}, ClockSource::automatic) == none);

// Left to itself: the source that comes closer, the crystal if both do.
static_assert(Frequency{100_kHz}.source() == ClockSource::xtal);
static_assert(Frequency{30_MHz}.source() == ClockSource::pll80 && actual(30_MHz) == Hertz{26'666'666});
static_assert(Frequency{50_MHz}.source() == ClockSource::xtal && actual(50_MHz) == 40_MHz);
static_assert(Frequency{80_MHz}.source() == ClockSource::pll80);
static_assert(Frequency{39'062_Hz}.source() == ClockSource::xtal);

// The formula and its limits: never above the request, never far below, and asking for what came out gives
// the same again.
constexpr bool holds(Hertz request, ClockSource source, Hertz start) {
  const auto frequency = Frequency::at_run_time(request, source);
  if (!frequency) return false;
  using chip::spi2::Clock;
  const std::uint32_t word = frequency->clock_register();
  const std::uint32_t n = Clock::clkcnt_n.get(word) + 1;
  const std::uint32_t pre = Clock::clkdiv_pre.get(word) + 1;
  const bool undivided = Clock::clk_equ_sysclk.get(word) != 0;
  const std::uint32_t division = undivided ? 1 : n * pre;
  const bool shape =
      undivided || (n >= 2 && Clock::clkcnt_l.get(word) == n - 1 && Clock::clkcnt_h.get(word) == n / 2 - 1);
  return shape && frequency->actual() == Hertz{start.value / division} && frequency->actual() <= request &&
         clock(frequency->actual(), source) == word;
}

constexpr bool holds_everywhere() {
  for (std::uint32_t request = 39'063; request <= 40'000'000; request += request / 29 + 1) {
    if (!holds(Hertz{request}, ClockSource::xtal, 40_MHz)) return false;
  }
  for (std::uint32_t request = 78'125; request <= 80'000'000; request += request / 31 + 1) {
    if (!holds(Hertz{request}, ClockSource::pll80, 80_MHz)) return false;
  }
  return true;
}
static_assert(holds_everywhere());

// No division between the one found and the wanted one can be made of two factors.
constexpr bool divisions_are_the_smallest() {
  for (std::uint32_t wanted = 2; wanted <= 1024; ++wanted) {
    const std::uint32_t found = spi::detail::smallest_divider(wanted).division();
    if (found < wanted) return false;
    for (std::uint32_t better = wanted; better < found; ++better) {
      for (std::uint32_t pre = 1; pre <= 16; ++pre) {
        if (better % pre == 0 && better / pre >= 2 && better / pre <= 64) return false;
      }
    }
  }
  return true;
}
static_assert(divisions_are_the_smallest());

}  // namespace

int main() {
  auto chip = take();
  auto spi = spi::Master{std::move(chip.spi2), {.frequency = {2_MHz, ClockSource::pll80}}};
  using namespace chip::spi2;
  FERRY_CHECK_EQUAL(spi.frequency(), 2_MHz);
  FERRY_CHECK_EQUAL(mmio::read<Clock>(base), (39u << 12) + (19u << 6) + 39u);
  FERRY_CHECK_EQUAL(mmio::read(base, ClkGate::mst_clk_sel), 1u);

  for (const ClockSource source : {ClockSource::xtal, ClockSource::pll80}) {
    const std::uint32_t start = source == ClockSource::xtal ? 40'000'000 : 80'000'000;
    const std::uint32_t requests[] = {start / 1024, start, 100'000, 1'000'000, 2'000'000};
    for (const std::uint32_t request : requests) {
      const auto frequency = Frequency::at_run_time(Hertz{request}, source);
      FERRY_CHECK(frequency.has_value());
      if (!frequency) continue;
      spi.apply_config({.frequency = *frequency});
      FERRY_CHECK_EQUAL(spi.frequency(), Hertz{request});
      FERRY_CHECK_EQUAL(mmio::read<Clock>(base), frequency->clock_register());
      FERRY_CHECK_EQUAL(mmio::read(base, ClkGate::mst_clk_sel), source == ClockSource::pll80 ? 1u : 0u);
    }
  }
  FERRY_CHECK_EQUAL(Frequency::at_run_time(81_MHz).error(), spi::ConfigError::frequency_out_of_range);
  return check::result();
}
