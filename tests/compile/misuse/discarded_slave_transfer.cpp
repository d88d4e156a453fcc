// A slave's transfer that nobody keeps, and an outcome that nobody looks at.
#include "parts.hpp"

void misuse() {
  auto spi = make_slave();
  auto rx = make_rx();
  auto read = std::move(spi).read(std::move(rx));
  // error(Clang): ignoring return value of function declared with 'nodiscard' attribute
  // error(GNU): ignoring return value
  std::move(read).wait_into(spi, rx);
}
