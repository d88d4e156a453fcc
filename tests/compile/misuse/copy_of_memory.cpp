// Two owners of one piece of memory.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
ferry::dma::RxMemory misuse(ferry::dma::RxMemory& memory) { return ferry::dma::RxMemory{memory}; }
