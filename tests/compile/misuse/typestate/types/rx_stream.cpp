// Memory to receive into without an end, while a stream has it.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto stream = ferry::spi::stream(std::move(spi), std::move(rx));
  // error: 'pop' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.pop({})));
  // error: 'lost' on object 'rx' while it is in the 'consumed' state
  use(static_cast<int>(rx.lost()));
  if (!std::move(stream).stop_into(spi, rx)) work();
}
void given_twice() {
  auto rx = ferry::dma_rx_stream<4096, 4>();
  auto moved = std::move(rx);
  auto again = std::move(rx);
  // error: 'available' on object 'again' while it is in the 'consumed' state
  use(static_cast<int>(moved.available() + again.available()));
}
