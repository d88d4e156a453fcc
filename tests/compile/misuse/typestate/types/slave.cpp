// A slave without DMA, after it was given away.
#include "parts.hpp"

void misuse(ferry::spi::Slave slave FERRY_TAKES_LIVE, ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE,
            ferry::gpio::Gpio<4> pin) {
  [[maybe_unused]] auto spi = std::move(slave).with_dma(std::move(channel));
  // error: 'with_mosi' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto other = std::move(slave).with_mosi(std::move(pin));
}
