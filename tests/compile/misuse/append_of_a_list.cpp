// What has a list of its own cannot become part of another one.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE,
            ferry::dma::Prepared<TxBuffer> second FERRY_TAKES_LIVE) {
  // error-anywhere: what has a list of its own, dma::prepare(), cannot become part of another one
  auto longer = std::move(spi).write(std::move(first)).append(std::move(second));
  static_cast<void>(std::move(longer).wait_into(spi, first, second));
}
