// What is appended is no longer than its own buffer.
#include "parts.hpp"

void misuse(MasterDma& spi, Copier& copier) {
  auto write = std::move(spi).write(make_tx());
  // error: this length is larger than the buffer it is for
  auto longer = std::move(write).append(make_sized_tx(), 65);
  auto transfer = std::move(spi).transfer(make_rx(), make_tx());
  // error: this length is larger than the buffer it is for
  auto longer_transfer = std::move(transfer).append(make_sized_rx(), make_tx(), 65);
  auto copy = std::move(copier).copy(make_rx(), make_tx());
  // error: this length is larger than the buffer to copy from
  auto longer_copy = std::move(copy).append(make_sized_rx(), make_sized_tx(), 65);
}
void one_size(MasterDma& spi) {
  auto [rx_memory, rx_list, tx_memory, tx_list] = ferry::dma_buffers<64, 65>();
  ferry::dma::SizedBuffer rx{std::move(rx_memory)};
  ferry::dma::SizedBuffer tx{std::move(tx_memory)};
  auto transfer = std::move(spi).transfer(make_rx(), make_tx());
  // error: as many bytes are sent as received, and these two buffers are not of one size
  auto longer = std::move(transfer).append(std::move(rx), std::move(tx));
}
