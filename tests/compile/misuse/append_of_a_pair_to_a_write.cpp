// A write has no receive list to make longer.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer first FERRY_TAKES_LIVE, RxBuffer rx FERRY_TAKES_LIVE,
            TxBuffer second FERRY_TAKES_LIVE) {
  // error-anywhere: a transfer in one direction goes on with one buffer, append(next)
  auto longer = std::move(spi).write(std::move(first)).append(std::move(rx), std::move(second));
  static_cast<void>(std::move(longer).wait_into(spi, first, rx, second));
}
