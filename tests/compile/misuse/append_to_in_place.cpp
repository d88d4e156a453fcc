// What is received takes the place of what is sent: that is no part of a list of several.
#include "parts.hpp"

void misuse(MasterDma spi FERRY_TAKES_LIVE, ferry::dma::InPlaceBuffer buffer FERRY_TAKES_LIVE,
            ferry::dma::InPlaceBuffer next FERRY_TAKES_LIVE) {
  // error-anywhere: nothing is appended to a transfer in one buffer: use spi::queue()
  auto longer = std::move(spi).transfer_in_place(std::move(buffer)).append(std::move(next));
  static_cast<void>(std::move(longer).wait_into(spi, buffer, next));
}
