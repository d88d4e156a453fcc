// A configured channel serves one driver.
#include "parts.hpp"

void released(ferry::dma::ConfiguredChannel channel FERRY_TAKES_LIVE, ferry::dma::RxDescriptors rx_list,
              ferry::dma::TxDescriptors tx_list, ferry::spi::Master master FERRY_TAKES_LIVE) {
  [[maybe_unused]] auto bare = std::move(channel).release(rx_list, tx_list);
  // error: argument not in expected state; expected 'unconsumed', observed 'consumed'
  [[maybe_unused]] auto spi = std::move(master).with_dma(std::move(channel));
}
void halves(ferry::dma::ConfiguredHalves channel FERRY_TAKES_LIVE, ferry::dma::RxDescriptors rx_list,
            ferry::dma::TxDescriptors tx_list, ferry::spi::Master master FERRY_TAKES_LIVE) {
  [[maybe_unused]] auto spi = std::move(master).with_dma(std::move(channel));
  // error: 'release' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto bare = std::move(channel).release(rx_list, tx_list);
}
