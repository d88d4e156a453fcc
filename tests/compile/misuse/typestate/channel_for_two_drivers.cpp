// One channel serves one peripheral.
#include "parts.hpp"

void misuse(ferry::spi::Master first FERRY_TAKES_LIVE, ferry::spi::Master second FERRY_TAKES_LIVE,
            ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  auto spi = std::move(first).with_dma(std::move(channel));
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  auto other = std::move(second).with_dma(std::move(channel));
  use(static_cast<int>(spi.frequency().value));
  use(static_cast<int>(other.frequency().value));
}
