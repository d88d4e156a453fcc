// What a structured binding names is not followed, so it has no bytes and starts no transfer.
#include "parts.hpp"

void misuse(MasterDma& spi) {
  auto [rx, rx_descriptors, tx, tx_descriptors] = ferry::dma_buffers<4>();
  // error(Clang): does not provide a subscript operator
  // error(GNU): no match for 'operator[]'
  rx[0] = 0_b;
  // error(Clang): no matching member function for call to 'transfer'
  // error(GNU): no matching function for call to 'ferry::spi::MasterDma::transfer
  auto transfer = std::move(spi).transfer(std::move(rx), std::move(tx));
}
