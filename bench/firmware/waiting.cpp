// Waits for a millisecond again and again, in a way that the host chooses before the start.
#include "bench/waiting_style.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/mmio.hpp"
#include <ferry/ferry.hpp>

using namespace ferry::literals;
using ferry::bench::WaitingStyle;
namespace timer = ferry::chip::systimer;
namespace mmio = ferry::mmio;

// Not zero, so that it lies in .data: the host writes it when the image is loaded.
extern "C" {
volatile std::uint32_t waiting_style = 0xFFFF'FFFF;
}

namespace {

constexpr std::uint32_t alarm = 1;  // comparator 0 belongs to the HAL
volatile bool rang = false;
volatile std::uint32_t rounds = 0;

void start_alarm() { mmio::write(timer::base, timer::IntClr::target1_int_clr(1)); }

// Comparator 1 alarms every millisecond, by itself.
void set_up_alarm() {
  constexpr std::uint32_t ticks = 16'000;
  mmio::write(timer::base, timer::TargetConf::target_period_mode(1) | timer::TargetConf::target_period(ticks),
              alarm);
  mmio::write(timer::base, timer::CompLoad::timer_comp_load(1), alarm);
  mmio::modify(timer::base, timer::Conf::target1_work_en(1));
}

bool is_ringing() { return mmio::read(timer::base, timer::IntRaw::target1_int_raw) != 0; }

bool (*volatile look)() = is_ringing;

std::uint32_t cycles() {
  std::uint32_t value = 0;
  asm volatile("csrr %0, 0x7e2" : "=r"(value));
  return value;
}

void wait(WaitingStyle style) {
  start_alarm();
  switch (style) {
    case WaitingStyle::sleep:
      return ferry::delay(1_ms);
    case WaitingStyle::poll:
      while (!is_ringing()) {
      }
      return;
    case WaitingStyle::call: {
      bool (*const function)() = look;
      while (!function()) {
      }
      return;
    }
    case WaitingStyle::count:
      for (std::uint32_t polls = 0; polls < 10'000'000; ++polls)
        if (is_ringing()) return;
      return;
    case WaitingStyle::deadline: {
      const auto deadline = ferry::Deadline::after(1_s);
      while (!is_ringing() && !deadline.has_passed()) {
      }
      return;
    }
    case WaitingStyle::flag:
      rang = false;
      while (!rang) {
      }
      return;
    case WaitingStyle::cycle_counter: {
      const std::uint32_t start = cycles();
      while (cycles() - start < 160'000) {
      }
      return;
    }
    case WaitingStyle::timer: {
      const auto end = ferry::time::now() + 1_ms;
      while (ferry::time::now() < end) {
      }
      return;
    }
    case WaitingStyle::empty_loop:
      for (volatile std::uint32_t round = 0; round < 18'000;) round = round + 1;
      return;
  }
}

}  // namespace

int main() {
  asm volatile("csrw 0x7e0, %0\n csrw 0x7e1, %0" : : "r"(1));  // the performance counter counts cycles
  set_up_alarm();
  const auto style = static_cast<WaitingStyle>(waiting_style);
  if (style == WaitingStyle::flag) {
    ferry::interrupt::attach(ferry::interrupt::Source::systimer_target1, 1, [] {
      start_alarm();
      rang = true;
    });
    mmio::modify(timer::base, timer::IntEna::target1_int_ena(1));
  }
  for (;;) {
    wait(style);
    rounds = rounds + 1;
  }
}
