// Only what can be sent is written.
#include "parts.hpp"

void misuse(MasterDma& spi, RxBuffer& rx) {
  // error(Clang): no matching member function for call to 'write'
  // error(GNU): no matching function for call to
  auto transfer = std::move(spi).write(std::move(rx));
}
