// A prepared buffer is gone while a transfer has it.
#include "parts.hpp"

void misuse(ferry::dma::TxDescriptors list) {
  auto copier = make_copier();
  auto to = make_rx();
  auto from = make_tx();
  auto prepared = ferry::dma::prepare(std::move(from), std::move(list));
  auto copy = std::move(copier).copy(std::move(to), std::move(prepared));
  // error: 'with' on object 'prepared' while it is in the 'consumed' state
  prepared.with([](std::span<std::byte> bytes) { bytes[0] = 1_b; });
  static_cast<void>(std::move(copy).wait_into(copier, to, prepared));
}
