// Scoped access is access.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = make_rx();
  auto tx = make_tx();
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
  // error: 'with' on object 'rx' while it is in the 'consumed' state
  rx.with([](std::span<std::byte> bytes) { bytes[0] = 0_b; });
  if (!std::move(transfer).wait_into(spi, rx, tx)) work();
}
