#include "ferry/token.hpp"

#include "ferry/fatal.hpp"
#include "ferry/peripherals.hpp"
#include "hal/src/exit.hpp"

namespace ferry {

void detail::token_is_empty(const char* name, const void* place) {
  fatal_at(" was moved away before: it has another owner", place, name);
}

void gpio::detail::pin_is_gone() { ferry::detail::token_is_empty("the pin", __builtin_return_address(0)); }

Peripherals take() {
  static bool taken = false;
  if (taken) {
    detail::fatal_at("ferry::take() was called a second time: the peripherals have an owner",
                     __builtin_return_address(0));
  }
  taken = true;
  return Peripherals{};
}

}  // namespace ferry
