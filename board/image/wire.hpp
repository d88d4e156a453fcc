// Pins and wires as users write them: "GPIO4", "GPIO4:GPIO2", "GPIO0,GPIO2,GPIO4".
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

struct Wire {
  unsigned a = 0;
  unsigned b = 0;

  bool operator==(const Wire&) const = default;
};

// The prefix may be missing ("4") and its letters may be small ones. Errors are one line without a full stop.
std::expected<unsigned, std::string> parse_pin(std::string_view text);
// Two different pins.
std::expected<Wire, std::string> parse_wire(std::string_view text);
// At least one pin; the result is in order and holds each pin once.
std::expected<std::vector<unsigned>, std::string> parse_pin_list(std::string_view text);

std::string pin_name(unsigned pin);

}  // namespace ferry::board
