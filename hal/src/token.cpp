#include "ferry/token.hpp"

#include "ferry/fatal.hpp"
#include "ferry/peripherals.hpp"
#include "hal/src/exit.hpp"

namespace ferry {

void detail::token_is_empty() {
  fatal_at("a peripheral or pin was used after it had been moved away", __builtin_return_address(0));
}

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
