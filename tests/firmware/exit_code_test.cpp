// expect-exit: 33
// expect-text: 0123456789.*last words
// What main returns is the exit code, and everything printed before arrives.
#include "ferry/ferry.hpp"

int main() {
  for (int i = 0; i < 30; ++i) ferry::print("0123456789");
  ferry::print("\nlast words\n");
  return 33;
}
