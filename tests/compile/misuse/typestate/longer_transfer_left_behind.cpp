// A transfer that was made longer is ended on every path, as any.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto first = make_tx();
  auto second = make_tx();
  auto write = std::move(spi).write(std::move(first));
  auto longer = std::move(write).append(std::move(second));
  while (!longer.is_done()) work();
  // error: '~TransferOf' on object 'longer' while it is in the 'unconsumed' state
}
