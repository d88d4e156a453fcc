// The DMA controller (GDMA) with its three channels.
#pragma once

#include "ferry/dma/channel.hpp"
#include "ferry/peripherals.hpp"

namespace ferry::dma {

/// Opens GDMA's clock, resets it and hands out its channels:
///
///   ferry::dma::Dma dma{std::move(chip.dma)};
///   auto channel = std::move(dma.channel0);
///
/// The channels are alike. Taking one that is gone is fatal (the compiler does not follow members).
class Dma {
 public:
  /// Does not block, cannot fail. From reset GDMA's clock is off and its reset asserted.
  explicit Dma(peripheral::Dma token);
  Dma(const Dma&) = delete;
  Dma& operator=(const Dma&) = delete;

  Channel channel0;
  Channel channel1;
  Channel channel2;
};

}  // namespace ferry::dma
