// What is sent over and over: used while a transfer has it, and after it was taken apart.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = make_tx();
  auto wave = ferry::dma::loop(std::move(tx));
  // error: 'fill' on object 'tx' while it is in the 'consumed' state
  tx.fill(0_b);
  auto write = std::move(spi).write(std::move(wave), 1000);
  // error: 'release' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto early = std::move(wave).release();
  if (!std::move(write).wait_into(spi, wave)) work();
  tx = std::move(wave).release();
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  auto again = std::move(spi).write(std::move(wave), 1000);
  // error: '~TransferOf' on object 'again' while it is in the 'unconsumed' state
}
