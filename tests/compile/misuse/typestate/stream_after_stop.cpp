// A stream that was stopped has given its memory back.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = ferry::dma_tx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(tx));
  if (!std::move(stream).stop_into(spi, tx)) work();
  // error: 'flush' on object 'stream' while it is in the 'consumed' state
  stream.flush();
}
