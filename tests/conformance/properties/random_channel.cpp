#include "tests/conformance/properties/random_channel.hpp"

#include <rapidcheck.h>

namespace properties {

ChannelSettings any_channel() {
  return {.rx_burst = *rc::gen::inRange(0u, 2u),
          .tx_burst = *rc::gen::inRange(0u, 2u),
          .priority = *rc::gen::inRange(0u, priority_count),
          .owner_check = *rc::gen::inRange(0u, 2u),
          .auto_write_back = *rc::gen::inRange(0u, 2u),
          .eof_when_read = *rc::gen::inRange(0u, 2u)};
}

std::ostream& operator<<(std::ostream& out, const ChannelSettings& channel) {
  return out << "burst " << channel.rx_burst << channel.tx_burst << ", priority " << channel.priority
             << (channel.owner_check != 0 ? ", owner check" : "")
             << (channel.auto_write_back != 0 ? ", write-back" : "")
             << (channel.eof_when_read != 0 ? ", sent when read" : "");
}

}  // namespace properties
