// What comes out of the front goes in behind: all are of one kind.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE,
            ferry::dma::ConstSource second FERRY_TAKES_LIVE) {
  // error-anywhere: the buffers of a queue are all of one kind
  auto queue = ferry::spi::queue(std::move(spi), std::move(first), std::move(second));
  static_cast<void>(std::move(queue).wait_into(spi, first, second));
}
