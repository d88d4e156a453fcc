// SPI would go on without anybody.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(rx));
  use(static_cast<int>(stream.available()));
  // error: '~StreamOf' on object 'stream' while it is in the 'unconsumed' state
}
