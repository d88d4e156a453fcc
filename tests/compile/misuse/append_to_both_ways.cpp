// Full duplex goes on in both directions.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, RxBuffer rx FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE,
            TxBuffer next FERRY_TAKES_LIVE) {
  // error-anywhere: a transfer in both directions goes on with two buffers, append(rx, tx)
  auto longer = std::move(spi).transfer(std::move(rx), std::move(tx)).append(std::move(next));
  static_cast<void>(std::move(longer).wait_into(spi, rx, tx, next));
}
