// A copy would end the transfer twice.
#include "parts.hpp"

// error(Clang): call to implicitly-deleted copy constructor of
// error(GNU): use of deleted function
Transfer misuse(Transfer& transfer) { return Transfer{transfer}; }
