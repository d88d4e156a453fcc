// Monotonic time, deadlines and delays.
#include "check.hpp"
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;

namespace {

// The chip's event counter, set to count instructions.
void start_counting_instructions() {
  asm volatile("csrw 0x7E0, %0" : : "r"(2));
  asm volatile("csrw 0x7E1, %0" : : "r"(1));
  asm volatile("csrw 0x7E2, zero");
}

std::uint32_t instructions() {
  std::uint32_t count;
  asm volatile("csrr %0, 0x7E2" : "=r"(count));
  return count;
}

bool interrupts_are_on() {
  std::uint32_t status;
  asm volatile("csrr %0, mstatus" : "=r"(status));
  return (status & 8) != 0;
}

Duration measure_delay(Duration span) {
  const Instant before = time::now();
  delay(span);
  return time::now() - before;
}

// A second timer interrupt, every 100 µs from comparator 1.
volatile std::uint32_t ticks = 0;

void on_tick() {
  using namespace chip::systimer;
  mmio::write(base, IntClr::target1_int_clr(1));
  ticks = ticks + 1;
}

void start_ticks() {
  using namespace chip::systimer;
  mmio::write(base, TargetConf::target_period((100_us).in_ticks()), 1);
  mmio::write(base, CompLoad::timer_comp_load(1), 1);
  mmio::modify(base, TargetConf::target_period_mode(1), 1);
  mmio::modify(base, Conf::target1_work_en(1));
  mmio::modify(base, IntEna::target1_int_ena(1));
  interrupt::attach(interrupt::Source::systimer_target1, 2, on_tick);
}

void stop_ticks() {
  using namespace chip::systimer;
  interrupt::detach(interrupt::Source::systimer_target1);
  mmio::modify(base, Conf::target1_work_en(0));
  mmio::modify(base, IntEna::target1_int_ena(0));
}

}  // namespace

int main() {
  FERRY_CHECK_EQUAL(2500_ms, Duration::milliseconds(2500));
  FERRY_CHECK_EQUAL((1_us).in_ticks(), 16u);
  FERRY_CHECK_EQUAL((1_ns).in_ticks(), 1u);
  FERRY_CHECK_EQUAL((125_ns).in_ticks(), 2u);
  FERRY_CHECK_EQUAL((2_s).in_milliseconds(), 2000u);
  FERRY_CHECK_EQUAL(1_ms - 2_ms, 0_us);
  FERRY_CHECK_EQUAL(1_ms + 3 * 2_ms, 7_ms);
  FERRY_CHECK(999_us < 1_ms);

  bool monotonic = true;
  Instant last = time::now();
  const Instant first = last;
  for (int i = 0; i < 1000; ++i) {
    const Instant now = time::now();
    monotonic = monotonic && now >= last;
    last = now;
  }
  FERRY_CHECK(monotonic);
  FERRY_CHECK(last - first > 100_us);
  FERRY_CHECK(last - first < 10_ms);

  for (const Duration span : {0_us, 1_us, 10_us, 19_us, 20_us, 21_us, 100_us, 1_ms, 50_ms}) {
    const Duration measured = measure_delay(span);
    FERRY_CHECK(measured >= span);
    FERRY_CHECK(measured < span + 30_us);
  }

  // However long, a sleep takes the same few instructions.
  start_counting_instructions();
  const std::uint32_t before_short = instructions();
  delay(1_ms);
  const std::uint32_t before_long = instructions();
  delay(10_s);
  const std::uint32_t after_long = instructions();
  FERRY_CHECK(before_long - before_short < 2000);
  FERRY_CHECK(after_long - before_long < 2000);

  // Inside a critical section, which stays one.
  interrupt::critical_section([] {
    const Duration measured = measure_delay(1_ms);
    FERRY_CHECK(measured >= 1_ms);
    FERRY_CHECK(measured < 1_ms + 30_us);
    FERRY_CHECK(!interrupts_are_on());
  });
  FERRY_CHECK(interrupts_are_on());

  // Others wake the CPU a hundred times meanwhile.
  start_ticks();
  const Duration measured = measure_delay(10_ms);
  stop_ticks();
  FERRY_CHECK(measured >= 10_ms);
  FERRY_CHECK(measured < 10_ms + 30_us);
  FERRY_CHECK(ticks >= 98 && ticks <= 102);

  // A period without drift.
  const Instant start = time::now();
  for (std::uint32_t i = 1; i <= 10; ++i) delay_until(start + i * 1_ms);
  FERRY_CHECK(time::now() - start >= 10_ms);
  FERRY_CHECK(time::now() - start < 10_ms + 30_us);
  delay_until(start);  // long past: returns

  const Deadline deadline = Deadline::after(1_ms);
  FERRY_CHECK(!deadline.has_passed());
  delay(1_ms);
  FERRY_CHECK(deadline.has_passed());
  FERRY_CHECK(!Deadline::never().has_passed());
  FERRY_CHECK(!Deadline::after(Duration::ticks(~std::uint64_t{0})).has_passed());
  FERRY_CHECK(Deadline::at(start).has_passed());
  return check::result();
}
