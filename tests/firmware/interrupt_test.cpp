// Attaching, priorities, critical sections, and that an interrupt leaves no trace in the registers.
#include "check.hpp"
#include "chip/esp32c3/registers/system.hpp"
#include "ferry/ferry.hpp"
#include "ferry/mmio.hpp"

#include <cstdint>

using namespace ferry;
using namespace ferry::literals;
using interrupt::Source;

namespace {

// Four requests that software makes and takes back itself.
void request(std::uint32_t number) {
  mmio::write_word<chip::system::CpuIntrFromCpu>(chip::system::base, 1, number);
}
void withdraw(std::uint32_t number) {
  mmio::write_word<chip::system::CpuIntrFromCpu>(chip::system::base, 0, number);
}

// A few more instructions may run before a request reaches the CPU.
void let_it_come() {
  for (int i = 0; i < 20; ++i) asm volatile("nop");
}

volatile std::uint32_t count0 = 0, count1 = 0;
volatile std::uint32_t order = 0;  // each handler shifts its digit in

void on_request0() {
  withdraw(0);
  count0 = count0 + 1;
  order = order * 10 + 1;
}
void on_request1() {
  withdraw(1);
  count1 = count1 + 1;
  order = order * 10 + 2;
}
void with_context(void* context) {
  withdraw(2);
  *static_cast<volatile std::uint32_t*>(context) = 77;
}
// Uses every register that a function may use freely.
void on_request3() {
  withdraw(3);
  asm volatile(
      "li t0, -1\n li t1, -1\n li t2, -1\n li t3, -1\n li t4, -1\n li t5, -1\n li t6, -1\n"
      "li a0, -1\n li a1, -1\n li a2, -1\n li a3, -1\n li a4, -1\n li a5, -1\n li a6, -1\n li a7, -1\n"
      :
      :
      : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7");
}

// Fills the free registers with known values, lets an interrupt happen, and adds up how far they are off.
std::uint32_t registers_changed_by_an_interrupt() {
  const std::uint32_t address =
      chip::system::base + chip::system::CpuIntrFromCpu::offset + 3 * chip::system::CpuIntrFromCpu::stride;
  std::uint32_t changed;
  asm volatile(
      "li t0, 1\n li t1, 2\n li t2, 3\n li t3, 4\n li t4, 5\n li t5, 6\n li t6, 7\n"
      "li a0, 8\n li a1, 9\n li a2, 10\n li a3, 11\n li a4, 12\n li a5, 13\n li a6, 14\n li a7, 15\n"
      "li ra, 16\n"
      "sw t0, 0(%1)\n"
      ".rept 20\n nop\n .endr\n"
      "addi t0, t0, -1\n addi t1, t1, -2\n addi t2, t2, -3\n addi t3, t3, -4\n addi t4, t4, -5\n"
      "addi t5, t5, -6\n addi t6, t6, -7\n addi a0, a0, -8\n addi a1, a1, -9\n addi a2, a2, -10\n"
      "addi a3, a3, -11\n addi a4, a4, -12\n addi a5, a5, -13\n addi a6, a6, -14\n addi a7, a7, -15\n"
      "addi ra, ra, -16\n"
      "or t0, t0, t1\n or t0, t0, t2\n or t0, t0, t3\n or t0, t0, t4\n or t0, t0, t5\n or t0, t0, t6\n"
      "or t0, t0, a0\n or t0, t0, a1\n or t0, t0, a2\n or t0, t0, a3\n or t0, t0, a4\n or t0, t0, a5\n"
      "or t0, t0, a6\n or t0, t0, a7\n or t0, t0, ra\n"
      "mv %0, t0\n"
      : "=&r"(changed)
      : "r"(address)
      : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "ra",
        "memory");
  return changed;
}

}  // namespace

int main() {
  interrupt::attach(Source::from_cpu0, 1, on_request0);
  interrupt::attach(Source::from_cpu1, 5, on_request1);
  request(0);
  let_it_come();
  FERRY_CHECK_EQUAL(count0, 1u);
  FERRY_CHECK_EQUAL(count1, 0u);

  // Held back, and the higher priority first when they are let through.
  order = 0;
  {
    const interrupt::CriticalSection outer;
    interrupt::critical_section([] {
      request(0);
      request(1);
      let_it_come();
    });
    let_it_come();
    FERRY_CHECK_EQUAL(order, 0u);
  }
  let_it_come();
  FERRY_CHECK_EQUAL(order, 21u);

  // Equal priorities: the line that was attached first.
  interrupt::attach(Source::from_cpu1, 1, on_request1);
  order = 0;
  interrupt::critical_section([] {
    request(1);
    request(0);
  });
  let_it_come();
  FERRY_CHECK_EQUAL(order, 12u);

  interrupt::disable(Source::from_cpu0);
  request(0);
  let_it_come();
  FERRY_CHECK_EQUAL(count0, 3u);
  interrupt::enable(Source::from_cpu0);
  let_it_come();
  FERRY_CHECK_EQUAL(count0, 4u);

  interrupt::detach(Source::from_cpu0);
  request(0);
  let_it_come();
  FERRY_CHECK_EQUAL(count0, 4u);
  withdraw(0);

  // The line that became free serves another source.
  volatile std::uint32_t value = 0;
  interrupt::attach(Source::from_cpu2, 15, with_context, const_cast<std::uint32_t*>(&value));
  request(2);
  let_it_come();
  FERRY_CHECK_EQUAL(value, 77u);

  interrupt::attach(Source::from_cpu3, 3, on_request3);
  FERRY_CHECK_EQUAL(registers_changed_by_an_interrupt(), 0u);

  FERRY_CHECK_EQUAL(interrupt::critical_section([] { return 5; }), 5);

  // Sleeping until a handler has done something, without a chance to miss it.
  interrupt::attach(Source::from_cpu0, 1, on_request0);
  const std::uint32_t before = count0;
  interrupt::critical_section([&] {
    request(0);
    if (count0 == before) interrupt::wait_for_interrupt();
  });
  let_it_come();
  FERRY_CHECK_EQUAL(count0, before + 1);
  return check::result();
}
