// Settings of a channel by chance, and in words.
#pragma once

#include "tests/conformance/properties/channel_settings.hpp"

#include <ostream>

namespace properties {

// Within a property of rapidcheck.
ChannelSettings any_channel();
std::ostream& operator<<(std::ostream& out, const ChannelSettings& channel);

}  // namespace properties
