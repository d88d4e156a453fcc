// A write goes on with something to send.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, TxBuffer tx FERRY_TAKES_LIVE, RxBuffer rx FERRY_TAKES_LIVE) {
  // error-anywhere: a write goes on with what is sent, a read with what is received into
  auto longer = std::move(spi).write(std::move(tx)).append(std::move(rx));
  static_cast<void>(std::move(longer).wait_into(spi, tx, rx));
}
