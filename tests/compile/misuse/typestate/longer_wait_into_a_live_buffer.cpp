// All parts come back, each into a variable that holds none.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto other = make_tx();
  auto longer = std::move(spi).write(std::move(first)).append(std::move(second));
  // error: argument not in expected state; expected 'consumed', observed 'unconsumed'
  if (!std::move(longer).wait_into(spi, first, other)) work();
}
