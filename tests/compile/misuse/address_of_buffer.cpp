// A pointer would outlive the move unseen.
#include "parts.hpp"

// error(Clang): overload resolution selected deleted operator '&'
// error(GNU): use of deleted function
void misuse(RxBuffer& rx) { use(&rx != nullptr); }
