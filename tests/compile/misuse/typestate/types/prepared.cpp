// A buffer with a list of its own: used while a transfer has it, and after it was taken apart.
#include "parts.hpp"

void misuse(ferry::dma::TxDescriptors list) {
  auto spi = make_spi();
  auto tx = make_tx();
  auto prepared = ferry::dma::prepare(std::move(tx), std::move(list));
  // error: 'fill' on object 'tx' while it is in the 'consumed' state
  tx.fill(0_b);
  auto write = std::move(spi).write(std::move(prepared));
  // error: 'with' on object 'prepared' while it is in the 'consumed' state
  prepared.with([](std::span<std::byte>) {});
  if (!std::move(write).wait_into(spi, prepared)) work();
  tx = std::move(prepared).release(list);
  // error: 'with' on object 'prepared' while it is in the 'consumed' state
  prepared.with([](std::span<std::byte>) {});
}
