// A master without DMA, after it was given away.
#include "parts.hpp"

void with_dma(ferry::spi::Master master FERRY_TAKES_LIVE,
              ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE) {
  [[maybe_unused]] auto spi = std::move(master).with_dma(std::move(channel));
  // error: 'write' on object 'master' while it is in the 'consumed' state
  if (!master.write({})) work();
}
void with_a_pin(ferry::spi::Master master FERRY_TAKES_LIVE, ferry::gpio::Gpio<4> pin) {
  [[maybe_unused]] auto next = std::move(master).with_mosi(std::move(pin));
  // error: 'apply_config' on object 'master' while it is in the 'consumed' state
  master.apply_config({});
}
