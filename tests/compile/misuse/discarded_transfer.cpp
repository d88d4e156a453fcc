// Nobody could end it.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  // error(Clang): ignoring return value of
  // error(Clang): '~TransferOf' on a temporary object while it is in the 'unconsumed' state
  // error(GNU): ignoring returned value of type 'ferry::spi::TransferOf
  std::move(spi).transfer(std::move(rx), std::move(tx));
}
