// A peripheral has one owner.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
ferry::spi::Master misuse(ferry::Peripherals& chip) { return {chip.spi2, {}}; }
