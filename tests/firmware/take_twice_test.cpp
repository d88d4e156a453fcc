// expect-exit: 71
// expect-text: first fine.*fatal: ferry::take\(\) was called a second time
// The peripherals exist once.
#include "ferry/ferry.hpp"

int main() {
  auto first = ferry::take();
  ferry::print("first {}\n", first.spi2.held() ? "fine" : "empty");
  auto second = ferry::take();  // fatal here
  return second.spi2.held() ? 1 : 2;
}
