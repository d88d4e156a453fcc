// One is on the wire: there has to be another one behind it.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE) {
  // error-anywhere: a queue has at least two buffers, or pairs: one under way, one behind it
  auto queue = ferry::spi::queue(std::move(spi), std::move(tx));
  static_cast<void>(std::move(queue).wait_into(spi, tx));
}
