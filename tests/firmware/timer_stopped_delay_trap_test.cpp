// expect-exit: 71
// expect-text: fatal: the system timer does not count: its unit 0 was switched off
// A sleep from which a timer that stands still would never wake the CPU.
#include "chip/esp32c3/registers/systimer.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

using namespace ferry::literals;

int main() {
  ferry::mmio::modify(ferry::chip::systimer::base, ferry::chip::systimer::Conf::timer_unit0_work_en(0));
  ferry::delay(1_ms);
  return 1;
}
