// Simulated times as users write and read them.
#pragma once

#include "board/timeline.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ferry::board {

// "10s", "2.5s", "250ms", "3us" (or "3µs"), "100ns". Exact: what is finer than a picosecond or later than the
// timeline reaches is an error. Errors are one line without a full stop.
std::expected<Time, std::string> parse_time(std::string_view text);

// Seconds with nine decimals, for columns of times: "2.560000123". What is finer than a nanosecond is cut
// off.
std::string seconds_text(Time time);

// The largest unit that leaves a whole part, with up to four significant digits: "2.56 s", "320 us", "0 s".
std::string short_time_text(Time time);

}  // namespace ferry::board
