// A function that is given a transfer by value, and says that it does not drop it.
#include "parts.hpp"

// error: parameter 'transfer' not in expected state when the function returns
void misuse(Transfer transfer FERRY_EMPTIES) {
  while (!transfer.is_done()) work();
}
