// Interrupts: which function runs when a peripheral asks for attention, and how to keep it from running for a
// while.
//
// Handlers run on the stack of what they interrupt, with interrupts off: they do not nest. A handler has to
// take away the reason (clear the peripheral's interrupt bit), or it runs again at once.
#pragma once

#include "chip/esp32c3/interrupts.hpp"

#include <cstdint>
#include <utility>

namespace ferry::interrupt {

/// A peripheral's interrupt request, by the name the reference manual gives it.
using Source = chip::InterruptSource;

/// 1 to 15. As handlers do not nest, it decides only which of several waiting ones is first: the higher
/// number.
class Priority {
 public:
  consteval Priority(int value)
      : value_(static_cast<std::uint8_t>(value)) {  // NOLINT(google-explicit-constructor)
    if (value < 1 || value > 15) the_priority_is_1_to_15();
  }
  constexpr std::uint8_t value() const { return value_; }

 private:
  static void the_priority_is_1_to_15() {}  // not constexpr: reaching it ends the compilation

  std::uint8_t value_;
};

/// From here on `handler` runs when `source` asks. Takes one of the 31 CPU interrupt lines at the first call
/// for a source (more than 31 sources are fatal); a later call replaces the handler. Does not block.
void attach(Source source, Priority priority, void (*handler)());
/// As above, for a handler that gets `context`.
void attach(Source source, Priority priority, void (*handler)(void*), void* context);

/// Undoes attach and gives the line back.
void detach(Source source);

/// Lets requests of an attached source through again, or holds them back; one that comes meanwhile is taken
/// later if the peripheral still makes it. Attaching enables. Not attached: no effect.
void enable(Source source);
void disable(Source source);

/// No handler runs while an object of this type lives. Nests. Keep it short: it delays every handler.
class CriticalSection {
 public:
  CriticalSection() { asm volatile("csrrci %0, mstatus, 8" : "=r"(saved_) : : "memory"); }
  ~CriticalSection() { asm volatile("csrs mstatus, %0" : : "r"(saved_ & 8) : "memory"); }
  CriticalSection(const CriticalSection&) = delete;
  CriticalSection& operator=(const CriticalSection&) = delete;

 private:
  std::uint32_t saved_;
};

/// Runs `callable` with no handler in between and gives back what it returns.
template <class Callable>
decltype(auto) critical_section(Callable&& callable) {
  const CriticalSection guard;
  return std::forward<Callable>(callable)();
}

/// Stops the CPU's clock until an enabled interrupt is pending, also inside a critical section; there the
/// handler runs when the section ends. To wait for something a handler does without missing it, test and
/// sleep in one section:
///
///     while (!critical_section([] { if (!done) wait_for_interrupt(); return done; })) {}
///
/// May return without a reason.
inline void wait_for_interrupt() { asm volatile("wfi" : : : "memory"); }

}  // namespace ferry::interrupt
