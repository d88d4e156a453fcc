// What is assigned over would be dropped.
#include "parts.hpp"

// error(Clang): overload resolution selected deleted operator '='
// error(GNU): use of deleted function
void misuse(Transfer& a, Transfer& b) { a = std::move(b); }
