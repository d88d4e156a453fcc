// A number is not a frequency.
#include "parts.hpp"

// error(Clang): no viable conversion from 'int' to 'Frequency'
// error(GNU): could not convert '{100000}' from '<brace-enclosed initializer list>' to 'ferry::spi::Config'
ferry::spi::Config misuse() { return {.frequency = 100'000}; }
