// A pin for two drivers. Tokens have no typestate: this compiles, and ends the program at the second move.
// Both checks see it before.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  //! [pin-twice]
  auto pin = std::move(chip.gpio4);
  ferry::gpio::Output lamp{std::move(pin)};
  ferry::gpio::Output buzzer{std::move(pin)};  // finds: bugprone-use-after-move clang-analyzer-cplusplus.Move
  //! [pin-twice]
  lamp.toggle();
  buzzer.toggle();
  return 0;
}
