// expect-exit: 71
// expect-text: fatal: gpio4 was moved away before: it has another owner
// A token that was moved away cannot be moved again.
#include "ferry/ferry.hpp"

#include <utility>

int main() {
  auto chip = ferry::take();
  ferry::gpio::Output one{std::move(chip.gpio4)};
  ferry::gpio::Output two{std::move(chip.gpio4)};  // fatal here
  two.set_high();
  return 1;
}
