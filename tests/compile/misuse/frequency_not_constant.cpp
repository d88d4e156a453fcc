// What is not known to the compiler is checked by at_run_time().
#include "parts.hpp"

// error(Clang): call to consteval function 'ferry::spi::Frequency::Frequency' is not a constant expression
// error(GNU): 'request' is not a constant expression
ferry::spi::Config misuse(ferry::Hertz request) { return {.frequency = request}; }
