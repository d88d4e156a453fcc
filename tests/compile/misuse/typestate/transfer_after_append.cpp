// What was made longer is another transfer: the one before is gone, and what was appended is inside.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_rx();
  auto second = make_rx();
  auto read = std::move(spi).read(std::move(first));
  auto longer = std::move(read).append(std::move(second));
  // error: 'is_done' on object 'read' while it is in the 'consumed' state
  while (!read.is_done()) work();
  // error: 'operator[]' on object 'second' while it is in the 'consumed' state
  second[0] = 1_b;
  if (!std::move(longer).wait_into(spi, first, second)) work();
  first[0] = second[0];
}
