// Behind what has no end comes nothing.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE,
            TxBuffer second FERRY_TAKES_LIVE) {
  auto endless = ferry::dma::loop(std::move(first));
  // error-anywhere: behind a source without an end, dma::loop(), comes nothing
  auto longer = std::move(spi).write(std::move(endless), 100).append(std::move(second));
  static_cast<void>(std::move(longer).wait_into(spi, endless, second));
}
