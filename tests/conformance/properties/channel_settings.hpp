// A channel's settings as the test chooses them: dma::ChannelConfig in 32-bit words. Both sides include this.
#pragma once

#include <cstdint>

namespace properties {

struct ChannelSettings {
  std::uint32_t rx_burst, tx_burst;
  std::uint32_t priority;  // an index
  std::uint32_t owner_check, auto_write_back, eof_when_read;
};
inline constexpr std::uint32_t priority_count = 5, most_urgent = 1;

// As a program has them that says nothing.
inline constexpr ChannelSettings usual_channel{
    .rx_burst = 0, .tx_burst = 0, .priority = 0, .owner_check = 1, .auto_write_back = 0, .eof_when_read = 0};

}  // namespace properties
