// How many dummy cycles there are is known to the compiler: up to 256.
#include "parts.hpp"

ferry::spi::Phases misuse(int cycles) {
  // error(Clang): call to consteval function 'ferry::UpTo<256>::UpTo' is not a constant expression
  // error(GNU): is not a constant expression
  return {.dummy_cycles = cycles};
}
