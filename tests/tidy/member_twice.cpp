// The same pin out of the same member: what is a part of something bugprone-use-after-move does not follow,
// and the analyzer does.
#include "ferry/ferry.hpp"

int main() {
  auto chip = ferry::take();
  ferry::gpio::Output lamp{std::move(chip.gpio4)};
  ferry::gpio::Output buzzer{std::move(chip.gpio4)};  // finds: clang-analyzer-cplusplus.Move
  lamp.toggle();
  buzzer.toggle();
  return 0;
}
