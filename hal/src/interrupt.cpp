#include "ferry/interrupt.hpp"

#include "chip/esp32c3/registers/interrupt_core0.hpp"
#include "ferry/fatal.hpp"
#include "ferry/mmio.hpp"
#include "hal/src/start.hpp"

namespace ferry {
namespace {

using namespace chip::interrupt_core0;

// The matrix has one register for each source, named one by one in the generated header. As an array: source
// s at 4·s, holding the CPU line it is routed to, 0 for none.
struct SourceMap {
  static constexpr std::uint32_t offset = 0x000, stride = 0x4;
  static constexpr chip::Field<SourceMap, 0, 5, chip::Access::read_write> line{};
};

struct Handler {
  void (*function)(void*);
  void* context;
};

// By CPU line; line 0 does not exist.
Handler handlers[chip::interrupt_line_count];

std::uint32_t line_of(interrupt::Source source) {
  return mmio::read(base, SourceMap::line, static_cast<std::uint32_t>(source));
}

std::uint32_t free_line() {
  for (std::uint32_t line = 1; line < chip::interrupt_line_count; ++line) {
    if (handlers[line].function == nullptr) return line;
  }
  fatal("all 31 interrupt lines of the CPU are in use");
}

// Changes of the matrix take some cycles to arrive; the fence of esp-idf's sequence keeps what follows behind
// them.
void let_changes_settle() { asm volatile("fence" : : : "memory"); }

void set_enabled(std::uint32_t line, bool enabled) {
  const std::uint32_t mask = 1u << line;
  const std::uint32_t word = mmio::read<CpuIntEnable>(base);
  mmio::write_word<CpuIntEnable>(base, enabled ? word | mask : word & ~mask);
}

void set_enabled(interrupt::Source source, bool enabled) {
  const interrupt::CriticalSection guard;
  const std::uint32_t line = line_of(source);
  if (line == 0) return;
  set_enabled(line, enabled);
  let_changes_settle();
}

// Lets a function without parameter stand in the table: the context is the function.
void call_plain_function(void* function) { reinterpret_cast<void (*)()>(function)(); }

}  // namespace

void detail::unroute_all_interrupts() {
  mmio::write_word<CpuIntEnable>(base, 0);
  for (std::uint32_t source = 0; source < chip::interrupt_source_count; ++source) {
    mmio::write(base, SourceMap::line(0), source);
  }
  mmio::write_word<CpuIntType>(base, 0);  // all lines by level: the peripheral's own clear bit ends a request
  mmio::write_word<CpuIntClear>(base, 0xFFFF'FFFF);
  mmio::write_word<CpuIntClear>(base, 0);
  mmio::write(base, CpuIntThresh::cpu_int_thresh(1));  // every priority from 1 up is taken
}

void interrupt::attach(Source source, Priority priority, void (*handler)(void*), void* context) {
  const CriticalSection guard;
  std::uint32_t line = line_of(source);
  if (line == 0) line = free_line();
  handlers[line] = {handler, context};
  mmio::write(base, CpuIntPri::cpu_pri_map.run_time(priority.value()), line);
  mmio::write(base, SourceMap::line.run_time(line), static_cast<std::uint32_t>(source));
  set_enabled(line, true);
  let_changes_settle();
}

void interrupt::attach(Source source, Priority priority, void (*handler)()) {
  attach(source, priority, call_plain_function, reinterpret_cast<void*>(handler));
}

void interrupt::detach(Source source) {
  const CriticalSection guard;
  const std::uint32_t line = line_of(source);
  if (line == 0) return;
  set_enabled(line, false);
  mmio::write(base, SourceMap::line(0), static_cast<std::uint32_t>(source));
  let_changes_settle();
  handlers[line] = {};
}

void interrupt::enable(Source source) { set_enabled(source, true); }
void interrupt::disable(Source source) { set_enabled(source, false); }

}  // namespace ferry

// Called by the vector of every line, with mcause.
extern "C" void ferry_handle_interrupt(std::uint32_t cause) {
  const ferry::Handler handler = ferry::handlers[cause % ferry::chip::interrupt_line_count];
  if (handler.function == nullptr) ferry::fatal("an interrupt came that no handler was attached to");
  handler.function(handler.context);
}
