// wokwi's diagram.json: the ESP32-C3 board in it, the parts beside it, and what is connected with what. Which
// types of parts there are is not known here: parts/build.hpp makes parts of this.
#pragma once

#include "board/image/wire.hpp"
#include "board/parts/point.hpp"

#include <expected>
#include <filesystem>
#include <map>
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

struct DiagramPart {
  std::string id, type;
  std::map<std::string, std::string, std::less<>> attributes;  // numbers and truth values as text
};

// A connection with a part at one end or at both.
struct DiagramConnection {
  Point a, b;
  std::string name;  // "connection 3"
};

struct Diagram {
  std::vector<Wire> wires;
  std::vector<Tie> ties;
  std::vector<DiagramPart> parts;
  std::vector<DiagramConnection> connections;
  // Connections that mean nothing to the board, in one line; nothing when all were understood.
  std::optional<std::string> ignored;
};

// More than this is refused: nobody draws it, and a file of 16 MiB could ask for it.
inline constexpr std::size_t most_parts = 100, most_connections = 2000;

// Errors are one line without the file's name and without a full stop.
std::expected<Diagram, std::string> parse_diagram(std::string_view text);
std::expected<Diagram, std::string> load_diagram(const std::filesystem::path& path);

}  // namespace ferry::board
