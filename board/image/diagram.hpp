// Wires from wokwi's diagram.json: the connections between pins of the ESP32-C3 board in it.
#pragma once

#include "board/image/wire.hpp"

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

// A pin tied to ground or to 3.3 V.
struct Tie {
  unsigned pin = 0;
  bool level = false;

  bool operator==(const Tie&) const = default;
};

struct Diagram {
  std::vector<Wire> wires;
  std::vector<Tie> ties;
  // What the diagram holds beyond that, in one line; nothing when all of it was understood.
  std::optional<std::string> ignored;
};

// Errors are one line without the file's name and without a full stop.
std::expected<Diagram, std::string> parse_diagram(std::string_view text);
std::expected<Diagram, std::string> load_diagram(const std::filesystem::path& path);

}  // namespace ferry::board
