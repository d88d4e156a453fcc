// The driver went into the one with DMA.
#include "parts.hpp"

void misuse(ferry::spi::Master master FERRY_TAKES_LIVE,
            ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  auto spi = std::move(master).with_dma(std::move(channel));
  use(static_cast<int>(spi.frequency().value));
  // error: 'frequency' on object 'master' while it is in the 'consumed' state
  use(static_cast<int>(master.frequency().value));
}
