// A copy would share the memory.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
RxBuffer misuse(RxBuffer& rx) { return RxBuffer{rx}; }
