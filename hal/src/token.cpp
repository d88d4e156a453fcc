#include "ferry/token.hpp"

#include "ferry/fatal.hpp"
#include "ferry/peripherals.hpp"

namespace ferry {

void detail::token_is_empty() { fatal("a peripheral or pin was used after it had been moved away"); }

Peripherals take() {
  static bool taken = false;
  if (taken) fatal("ferry::take() was called a second time: the peripherals have an owner");
  taken = true;
  return Peripherals{};
}

}  // namespace ferry
