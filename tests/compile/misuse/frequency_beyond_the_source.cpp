// The crystal has 40 MHz.
// error-anywhere(GNU): this_frequency_is_outside_39062_Hz_to_80_MHz_or_out_of_reach_of_the_source
// says: this_frequency_is_outside_39062_Hz_to_80_MHz_or_out_of_reach_of_the_source
#include "parts.hpp"

// error(Clang): call to consteval function 'ferry::spi::Frequency::Frequency' is not a constant expression
ferry::spi::Config misuse() { return {.frequency = {80_MHz, ferry::spi::ClockSource::xtal}}; }
