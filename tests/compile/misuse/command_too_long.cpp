// A command has up to 16 bits.
// error-anywhere(GNU): this_count_is_out_of_range
// says: this_count_is_out_of_range
#include "parts.hpp"

// error(Clang): call to consteval function 'ferry::UpTo<16>::UpTo' is not a constant expression
ferry::spi::Phases misuse() { return {.command = {1, 17}}; }
