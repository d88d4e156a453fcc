// A copy would share the peripheral.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
MasterDma misuse(MasterDma& spi) { return MasterDma{spi}; }
