#include "board/image/diagram.hpp"

#include "board/image/file.hpp"
#include "board/image/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <variant>

namespace ferry::board {

namespace {

using nlohmann::json;

constexpr std::size_t largest_file = 16 * 1024 * 1024;
constexpr std::string_view serial_monitor = "$serialMonitor";  // wokwi's terminal: where UART0 leads anyway

// A pin of the board part leads to a pad of the chip, to a fixed level, or to neither (reset, 5 V, not
// connected).
struct Nowhere {};
using BoardPin = std::variant<unsigned, bool, Nowhere>;

bool is_esp32c3(std::string_view type) {
  return type.contains("esp32-c3") || type.contains("esp32c3");  // DevKitM-1, Rust board, XIAO, Super Mini
}

bool is_board(std::string_view type) { return type.starts_with("board-") && type.contains("esp32"); }

// Seeed's XIAO numbers its pins its own way.
constexpr std::array<unsigned, 11> xiao_pins{2, 3, 4, 5, 6, 7, 21, 20, 8, 9, 10};

// "GND.3" and "8.1" are one of several pins with the same function.
std::string_view without_copy_number(std::string_view name) { return name.substr(0, name.find('.')); }

std::optional<BoardPin> board_pin(std::string_view type, std::string_view full_name) {
  const std::string_view name = without_copy_number(full_name);
  if (name == "TX") return 21u;
  if (name == "RX") return 20u;
  if (name == "GND") return false;
  if (name == "3V3") return true;
  if (name == "5V" || name == "VIN" || name == "BAT+" || name == "RST" || name == "EN") return Nowhere{};
  if (name.starts_with("NC")) return Nowhere{};
  if (type.contains("xiao") && name.starts_with('D')) {
    const auto number = parse_pin(name.substr(1));
    if (number && *number < xiao_pins.size()) return xiao_pins[*number];
    return std::nullopt;
  }
  if (const auto pin = parse_pin(name.starts_with("IO") ? name.substr(2) : name)) return *pin;
  return std::nullopt;
}

struct Parts {
  std::map<std::string, std::string, std::less<>> types;  // by id
  std::string board_id;
  std::string board_type;
};

std::expected<Parts, std::string> read_parts(const json& diagram) {
  const auto list = diagram.find("parts");
  if (list == diagram.end() || !list->is_array())
    return std::unexpected("not a wokwi diagram: no list of \"parts\"");
  Parts parts;
  std::string other_board;
  for (const json& part : *list) {
    const auto text = [&part](const char* key) -> const std::string* {
      const auto value = part.is_object() ? part.find(key) : part.end();
      return value != part.end() && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
    };
    const std::string *id = text("id"), *type = text("type");
    if (id == nullptr || type == nullptr) {
      return std::unexpected("part " + std::to_string(&part - &list->front() + 1) +
                             " has no \"id\" or no \"type\"");
    }
    if (!parts.types.emplace(*id, *type).second)
      return std::unexpected("two parts are called " + in_quotes(*id));
    if (is_esp32c3(*type)) {
      if (!parts.board_id.empty())
        return std::unexpected("more than one ESP32-C3 board: " + in_quotes(*id) + " is the second");
      parts.board_id = *id;
      parts.board_type = *type;
    } else if (is_board(*type) && other_board.empty()) {
      other_board = *type;
    }
  }
  if (parts.board_id.empty()) {
    return std::unexpected(other_board.empty()
                               ? "no ESP32-C3 board among the parts"
                               : "made for " + in_quotes(other_board) + "; this is an ESP32-C3");
  }
  return parts;
}

struct End {
  std::string_view part, pin;
};

std::optional<End> read_end(const json& connection, std::size_t index) {
  if (!connection.is_array() || connection.size() <= index || !connection[index].is_string())
    return std::nullopt;
  const std::string_view text = *connection[index].get_ptr<const std::string*>();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return End{text.substr(0, colon), text.substr(colon + 1)};
}

// One connection after the other, each into a wire, a tie, or the list of what is ignored.
class Connections {
 public:
  explicit Connections(const Parts& parts) : parts_(parts) {}

  // Nothing, or what is wrong with the connection.
  std::optional<std::string> add(const json& connection, const std::string& name) {
    const auto a = read_end(connection, 0), b = read_end(connection, 1);
    if (!a || !b) return name + " is not of the form [\"part:pin\", \"part:pin\", …]";
    for (const End& end : {*a, *b}) {
      if (end.part == serial_monitor) continue;
      const auto part = parts_.types.find(end.part);
      if (part == parts_.types.end()) return name + ": there is no part " + in_quotes(end.part);
      if (on_board(end) && !board_pin(parts_.board_type, end.pin)) {
        return name + ": the board has no pin " + in_quotes(end.pin);
      }
    }
    if (on_board(*a) && on_board(*b)) {
      join(*board_pin(parts_.board_type, a->pin), *board_pin(parts_.board_type, b->pin), name);
    } else if (!leads_to_terminal(*a, *b) && !leads_to_terminal(*b, *a)) {
      // A part that is not there: reported once as a part, whatever is connected to it.
      if (a->part == serial_monitor || b->part == serial_monitor) ignored_connections_.push_back(name);
    }
    return std::nullopt;
  }

  Diagram result() && {
    std::string parts;
    for (const auto& [id, type] : parts_.types) {
      if (id == parts_.board_id) continue;
      parts += (parts.empty() ? "" : ", ") + one_line(id) + " (" + one_line(type) + ")";
    }
    std::string ignored;
    if (!parts.empty()) ignored = "parts that the board does not model, with their connections: " + parts;
    for (const std::string& connection : ignored_connections_) {
      ignored += (ignored.empty() ? "" : "; ") + connection;
    }
    if (!ignored.empty()) diagram_.ignored = std::move(ignored);
    return std::move(diagram_);
  }

 private:
  bool on_board(const End& end) const { return end.part == parts_.board_id; }

  bool leads_to_terminal(const End& terminal, const End& pin) const {
    if (terminal.part != serial_monitor || !on_board(pin)) return false;
    const auto where = board_pin(parts_.board_type, pin.pin);
    const unsigned* pad = where ? std::get_if<unsigned>(&*where) : nullptr;
    return pad != nullptr && *pad == (terminal.pin == "RX" ? 21u : 20u);
  }

  void join(const BoardPin& a, const BoardPin& b, const std::string& name) {
    const unsigned *pad_a = std::get_if<unsigned>(&a), *pad_b = std::get_if<unsigned>(&b);
    const bool *level_a = std::get_if<bool>(&a), *level_b = std::get_if<bool>(&b);
    if (pad_a != nullptr && pad_b != nullptr) {
      if (*pad_a != *pad_b) diagram_.wires.push_back({*pad_a, *pad_b});
    } else if (pad_a != nullptr && level_b != nullptr) {
      diagram_.ties.push_back({*pad_a, *level_b});
    } else if (pad_b != nullptr && level_a != nullptr) {
      diagram_.ties.push_back({*pad_b, *level_a});
    } else {
      ignored_connections_.push_back(name);
    }
  }

  const Parts& parts_;
  Diagram diagram_;
  std::vector<std::string> ignored_connections_;
};

}  // namespace

std::expected<Diagram, std::string> parse_diagram(std::string_view text) {
  json diagram;
  try {
    diagram = json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const json::parse_error& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …": the part a user understands.
    const std::string_view message = error.what();
    const std::size_t start = message.find("] ");
    return std::unexpected("not JSON: " +
                           one_line(start == std::string_view::npos ? message : message.substr(start + 2)));
  }
  if (!diagram.is_object()) return std::unexpected("not a wokwi diagram: it is not an object with \"parts\"");
  const auto parts = read_parts(diagram);
  if (!parts) return std::unexpected(parts.error());

  Connections connections(*parts);
  if (const auto list = diagram.find("connections"); list != diagram.end()) {
    if (!list->is_array()) return std::unexpected("\"connections\" is not a list");
    for (std::size_t index = 0; index < list->size(); ++index) {
      if (auto problem = connections.add((*list)[index], "connection " + std::to_string(index + 1))) {
        return std::unexpected(std::move(*problem));
      }
    }
  }
  return std::move(connections).result();
}

std::expected<Diagram, std::string> load_diagram(const std::filesystem::path& path) {
  const auto bytes = read_file(path, largest_file);
  if (!bytes) return std::unexpected(bytes.error());
  return parse_diagram({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

}  // namespace ferry::board
