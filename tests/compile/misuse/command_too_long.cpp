// A command has up to 16 bits, an address up to 32, and there are up to 256 dummy cycles.
#include "parts.hpp"

// error(Clang): call to consteval function
// error(GNU): call to non-'constexpr' function
ferry::spi::Phases command{.command = {1, 17}};
// error(Clang): call to consteval function
// error(GNU): call to non-'constexpr' function
ferry::spi::Phases address{.address = {1, 33}};
// error(Clang): call to consteval function
// error(GNU): call to non-'constexpr' function
ferry::spi::Phases dummy{.dummy_cycles = 257};
// error(Clang): call to consteval function
// error(GNU): call to non-'constexpr' function
ferry::spi::Config config{.cs_setup = 33};
// error(Clang): call to consteval function
// error(GNU): call to non-'constexpr' function
ferry::spi::Config negative{.cs_hold = -1};
