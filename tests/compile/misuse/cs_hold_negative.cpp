// Times before and behind the clock are 0 to 32 cycles.
// error-anywhere(GNU): this_count_is_out_of_range
// says: this_count_is_out_of_range
#include "parts.hpp"

// error(Clang): call to consteval function 'ferry::UpTo<32>::UpTo' is not a constant expression
ferry::spi::Config misuse() { return {.cs_hold = -1}; }
