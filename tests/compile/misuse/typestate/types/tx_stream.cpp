// Memory to send from without an end, while a stream has it.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto tx = ferry::dma_tx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(tx));
  // error: 'push' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.push({})));
  // error: 'capacity' on object 'tx' while it is in the 'consumed' state
  use(static_cast<int>(tx.capacity()));
  if (!std::move(stream).stop_into(spi, tx)) work();
}
void given_twice() {
  auto tx = ferry::dma_tx_stream<4096, 4>();
  auto moved = std::move(tx);
  auto again = std::move(tx);
  // error: 'room' on object 'again' while it is in the 'consumed' state
  use(static_cast<int>(moved.room() + again.room()));
}
