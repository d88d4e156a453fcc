// What programs start from that misuse Ferry's own drivers where no compiler sees it.
#pragma once

#include "ferry/ferry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace hal_rig {

using namespace ferry::literals;

/// Which of a source's two programs this is.
inline constexpr bool mended = FERRY_WATCH_MENDED != 0;
inline constexpr std::uint32_t length = 400;

struct Parts {
  ferry::spi::MasterDma spi;
  ferry::dma::RxBuffer rx;
  ferry::dma::TxBuffer tx;
};

/// A driver on the pins of the exercise, with buffers of `length` bytes.
inline Parts make() {
  auto chip = ferry::take();
  ferry::dma::Dma dma{std::move(chip.dma)};
  auto channel = std::move(dma.channel0);
  auto [rx, rx_descriptors, tx, tx_descriptors] = ferry::dma_buffers<length>();
  return {.spi = ferry::spi::Master{std::move(chip.spi2), {.frequency = 1_MHz}}
                     .with_sck(std::move(chip.gpio0))
                     .with_mosi(std::move(chip.gpio4))
                     .with_miso(std::move(chip.gpio2))
                     .with_dma(std::move(channel).configure({}, std::move(rx_descriptors),
                                                            std::move(tx_descriptors))),
          .rx = ferry::dma::RxBuffer{std::move(rx)},
          .tx = ferry::dma::TxBuffer{std::move(tx)}};
}

}  // namespace hal_rig
