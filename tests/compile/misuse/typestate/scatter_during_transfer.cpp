// Several buffers as one belong to the read that fills them.
#include "parts.hpp"

void misuse() {
  auto spi = make_spi();
  auto places = ferry::dma::scatter(make_rx(), make_rx());
  auto read = std::move(spi).read(std::move(places));
  // error: 'use' on object 'places' while it is in the 'consumed' state
  places.use<0>(3);
  if (!std::move(read).wait_into(spi, places)) work();
  ferry::dma::RxBuffer first, second;
  std::move(places).release_into(first, second);
}
