// A copy is ended on every path.
#include "parts.hpp"

void misuse() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  while (!copy.is_done()) work();
  // error: '~CopyOf' on object 'copy' while it is in the 'unconsumed' state
}
