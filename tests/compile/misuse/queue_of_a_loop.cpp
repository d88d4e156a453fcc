// Behind what has no end comes nothing.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE,
            TxBuffer second FERRY_TAKES_LIVE) {
  auto one = ferry::dma::loop(std::move(first));
  auto two = ferry::dma::loop(std::move(second));
  // error-anywhere: behind a source without an end, dma::loop(), comes nothing
  auto queue = ferry::spi::queue(std::move(spi), std::move(one), std::move(two));
  static_cast<void>(std::move(queue).wait_into(spi, one, two));
}
