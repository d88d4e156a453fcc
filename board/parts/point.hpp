// What a wire can lead to.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>

namespace ferry::board {

/// The two supplies.
enum class Supply : std::uint8_t { ground, power };

struct TerminalName {
  std::string part, terminal;

  bool operator==(const TerminalName&) const = default;
};

/// What can be joined: a pad by its number, a supply, a terminal.
using Point = std::variant<unsigned, Supply, TerminalName>;

/// "GPIO4", "GND", "3V3" (or "VCC"), "led1:A".
std::expected<Point, std::string> parse_point(std::string_view text);

}  // namespace ferry::board
