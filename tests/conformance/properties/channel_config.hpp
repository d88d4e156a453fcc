// What the test chose, for the driver.
#pragma once

#include "ferry/ferry.hpp"
#include "tests/conformance/properties/channel_settings.hpp"

#include <iterator>

namespace properties {

inline ferry::dma::ChannelConfig config_of(const ChannelSettings& channel) {
  using namespace ferry;
  constexpr dma::Priorities priorities[] = {0, 5, {5, 0}, {0, 5}, {1, 2}};
  static_assert(std::size(priorities) == priority_count);
  return {.burst = {channel.rx_burst != 0, channel.tx_burst != 0},
          .priority = priorities[channel.priority],
          .owner_check = channel.owner_check != 0,
          .auto_write_back = channel.auto_write_back != 0,
          .eof = channel.eof_when_read != 0 ? dma::Eof::when_read : dma::Eof::when_taken};
}

}  // namespace properties
