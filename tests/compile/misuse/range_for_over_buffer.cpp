// Iterators would reach the bytes during a transfer.
#include "parts.hpp"

void misuse(RxBuffer& rx) {
  // error(Clang): no viable 'begin' function available
  // error(GNU): 'begin' was not declared in this scope
  // error(GNU): 'end' was not declared in this scope
  for (auto& byte : rx) byte = 0_b;
}
