// Several as one have what all of them have, and each piece what it has.
#include "parts.hpp"

void misuse(MasterDma& spi) {
  auto frame = ferry::dma::gather(make_sized_tx(), make_sized_tx());
  // error: there are not that many bytes in this piece
  frame.use<0>(60, 5);
  // error: this length is larger than the buffer it is for
  auto write = std::move(spi).write(std::move(frame), 129);
  auto parts = ferry::dma::scatter(make_sized_rx(), make_rx());
  // error: there are not that many bytes in this piece
  parts.use<0>(65);
}
