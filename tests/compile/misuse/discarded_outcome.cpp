// A transfer may have failed.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: ignoring return value of
  std::move(transfer).wait_into(spi, rx, tx);
}
