// A copy is as long as it says, or else as long as what it copies from.
#include "parts.hpp"

void misuse(Copier& copier) {
  // error: this length is larger than the buffer to copy from
  auto from = std::move(copier).copy(make_rx(), make_sized_tx(), 65);
  // error: the buffer to copy to is smaller than what is copied
  auto to = std::move(copier).copy(make_sized_rx(), make_tx(), 65);
}
void all_of_it(Copier& copier) {
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<64, 65>();
  ferry::dma::SizedBuffer to{std::move(rx_memory)};
  ferry::dma::SizedBuffer from{std::move(tx_memory)};
  // error: the buffer to copy to is smaller than what is copied
  if (!copier.copy_and_wait(to, from)) work();
}
