// A channel is configured or split once, wherever it came from.
#include "parts.hpp"

void misuse(ferry::dma::Dma& dma, ferry::dma::RxDescriptors rx_list, ferry::dma::TxDescriptors tx_list) {
  auto channel = std::move(dma.channel0);
  [[maybe_unused]] auto halves = std::move(channel).split();
  // error: 'configure' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto configured = std::move(channel).configure({}, std::move(rx_list), std::move(tx_list));
}
void joined(ferry::dma::ChannelHalves channel, ferry::dma::RxDescriptors rx_list,
            ferry::dma::TxDescriptors tx_list) {
  [[maybe_unused]] auto configured = std::move(channel).configure({}, std::move(rx_list), std::move(tx_list));
  // error: 'split' on a temporary object while it is in the 'consumed' state
  [[maybe_unused]] auto halves = std::move(channel).split();
}
