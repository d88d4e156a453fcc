// A copier, while something has it and after it was taken apart.
#include "parts.hpp"

void second_copy() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto copy = std::move(copier).copy(std::move(to), std::move(from));
  // error: 'copy' on a temporary object while it is in the 'consumed' state
  auto other = std::move(copier).copy(make_rx(), make_tx());
  if (!std::move(copy).wait_into(copier, to, from)) work();
  // error: '~CopyOf' on object 'other' while it is in the 'unconsumed' state
}
void after_release() {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  [[maybe_unused]] auto channel = std::move(copier).release();
  // error: 'copy_and_wait' on object 'copier' while it is in the 'consumed' state
  if (!copier.copy_and_wait(to, from)) work();
}
