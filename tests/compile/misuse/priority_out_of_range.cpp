// Priorities above 5 are disputed between documents.
// error-anywhere(GNU): a_priority_is_0_to_5
// says: a_priority_is_0_to_5
#include "parts.hpp"

// error(Clang): call to consteval function 'ferry::dma::Priorities::Priorities' is not a constant expression
ferry::dma::ChannelConfig misuse() { return {.priority = 6}; }
