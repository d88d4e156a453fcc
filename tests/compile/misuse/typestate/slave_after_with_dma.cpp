// A slave that was given a channel is inside the driver that came of it.
#include "parts.hpp"

void misuse(ferry::spi::Slave slave FERRY_TAKES_LIVE, ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE,
            ferry::dma::ConfiguredChannel other FERRY_TAKES_LIVE) {
  auto spi = std::move(slave).with_dma(std::move(channel));
  spi.apply_config({});
  // error: 'with_dma' on a temporary object while it is in the 'consumed' state
  std::move(slave).with_dma(std::move(other)).apply_config({});
}
