// The memory of a stream is the stream's while it runs.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = ferry::dma_tx_stream<3072, 3>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(tx));
  // error: 'room' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.room()));
  static_cast<void>(std::move(stream).stop_into(spi, tx));
}
