// A buffer made without memory holds nothing until something is put into it.
#include "parts.hpp"

void misuse() {
  RxBuffer rx;
  // error: 'operator[]' on object 'rx' while it is in the 'consumed' state
  rx[0] = 0_b;
}
