#include "board/image/diagram.hpp"

#include "board/image/file.hpp"
#include "board/image/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <variant>

namespace ferry::board {

namespace {

using nlohmann::json;

constexpr std::size_t largest_file = 16 * 1024 * 1024;
constexpr std::string_view serial_monitor = "$serialMonitor";  // wokwi's terminal: where UART0 leads anyway

// A pin of the board part leads to a pad of the chip, to a supply, or to neither (reset, not connected). 5 V
// is a supply for parts; a pad must not be connected to it.
struct FiveVolts {};
struct Nowhere {};
using BoardPin = std::variant<unsigned, Supply, FiveVolts, Nowhere>;

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
  if (name == "GND") return Supply::ground;
  if (name == "3V3") return Supply::power;
  if (name == "5V" || name == "VIN" || name == "BAT+") return FiveVolts{};
  if (name == "RST" || name == "EN") return Nowhere{};
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
  std::vector<DiagramPart> others;
  std::set<std::string, std::less<>> ids;
  std::string board_id;
  std::string board_type;
};

// Null for what is not text.
const std::string* text_member(const json& object, const char* key) {
  const auto value = object.is_object() ? object.find(key) : object.end();
  return value != object.end() && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
}

std::expected<std::map<std::string, std::string, std::less<>>, std::string> read_attributes(
    const json& part, const std::string& id) {
  std::map<std::string, std::string, std::less<>> attributes;
  const auto list = part.find("attrs");
  if (list == part.end()) return attributes;
  if (!list->is_object()) return std::unexpected(one_line(id) + ": \"attrs\" is not an object");
  for (const auto& [name, value] : list->items()) {
    if (value.is_string()) {
      attributes[name] = value.get<std::string>();
    } else if (value.is_number() || value.is_boolean()) {
      attributes[name] = value.dump();
    } else {
      return std::unexpected(one_line(id) + ": attribute " + in_quotes(name) +
                             " is neither text nor a number nor a truth value");
    }
  }
  return attributes;
}

std::expected<Parts, std::string> read_parts(const json& diagram) {
  const auto list = diagram.find("parts");
  if (list == diagram.end() || !list->is_array())
    return std::unexpected("not a wokwi diagram: no list of \"parts\"");
  if (list->size() > most_parts) return std::unexpected("more than " + std::to_string(most_parts) + " parts");
  Parts parts;
  std::string other_board;
  for (const json& part : *list) {
    const std::string *id = text_member(part, "id"), *type = text_member(part, "type");
    if (id == nullptr || type == nullptr) {
      return std::unexpected("part " + std::to_string(&part - &list->front() + 1) +
                             " has no \"id\" or no \"type\"");
    }
    if (!parts.ids.insert(*id).second) return std::unexpected("two parts are called " + in_quotes(*id));
    if (is_esp32c3(*type)) {
      if (!parts.board_id.empty())
        return std::unexpected("more than one ESP32-C3 board: " + in_quotes(*id) + " is the second");
      parts.board_id = *id;
      parts.board_type = *type;
      continue;
    }
    if (is_board(*type) && other_board.empty()) other_board = *type;
    auto attributes = read_attributes(part, *id);
    if (!attributes) return std::unexpected(attributes.error());
    parts.others.push_back({*id, *type, std::move(*attributes)});
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

// One connection after the other, each into a wire, a tie, something for a part, or the list of what is
// ignored.
class Connections {
 public:
  explicit Connections(Parts parts) : parts_(std::move(parts)) {}

  // Nothing, or what is wrong with the connection.
  std::optional<std::string> add(const json& connection, const std::string& name) {
    const auto a = read_end(connection, 0), b = read_end(connection, 1);
    if (!a || !b) return name + " is not of the form [\"part:pin\", \"part:pin\", …]";
    for (const End& end : {*a, *b}) {
      if (end.part == serial_monitor) continue;
      if (!parts_.ids.contains(end.part)) return name + ": there is no part " + in_quotes(end.part);
      if (on_board(end) && !board_pin(parts_.board_type, end.pin)) {
        return name + ": the board has no pin " + in_quotes(end.pin);
      }
    }
    if (a->part == serial_monitor || b->part == serial_monitor) {
      if (!leads_to_terminal(*a, *b) && !leads_to_terminal(*b, *a))
        ignore(name, "only the board's TX and RX lead to the serial monitor");
    } else if (on_board(*a) && on_board(*b)) {
      return join(*board_pin(parts_.board_type, a->pin), *board_pin(parts_.board_type, b->pin), name);
    } else {
      const auto point_a = part_point(*a), point_b = part_point(*b);
      if (point_a && point_b) {
        diagram_.connections.push_back({*point_a, *point_b, name});
      } else {
        ignore(name, leads_nowhere);
      }
    }
    return std::nullopt;
  }

  Diagram result() && {
    diagram_.parts = std::move(parts_.others);
    std::string ignored;
    for (const std::string& connection : ignored_) ignored += (ignored.empty() ? "" : "; ") + connection;
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

  // What one end of a connection with a part is; nothing for a pin of the board that leads nowhere.
  std::optional<Point> part_point(const End& end) const {
    if (!on_board(end)) return TerminalName{std::string(end.part), std::string(end.pin)};
    const auto pin = board_pin(parts_.board_type, end.pin);
    if (!pin || std::holds_alternative<Nowhere>(*pin)) return std::nullopt;
    if (const unsigned* pad = std::get_if<unsigned>(&*pin)) return *pad;
    const Supply* supply = std::get_if<Supply>(&*pin);
    return supply != nullptr ? *supply : Supply::power;
  }

  static constexpr std::string_view leads_nowhere = "the pin leads nowhere on this board";

  void ignore(const std::string& name, std::string_view why) {
    ignored_.push_back(name + " (" + std::string(why) + ')');
  }

  // Nothing, or what is wrong with the connection.
  std::optional<std::string> join(const BoardPin& a, const BoardPin& b, const std::string& name) {
    const unsigned *pad_a = std::get_if<unsigned>(&a), *pad_b = std::get_if<unsigned>(&b);
    const Supply *supply_a = std::get_if<Supply>(&a), *supply_b = std::get_if<Supply>(&b);
    if (pad_a != nullptr && pad_b != nullptr) {
      if (*pad_a != *pad_b) diagram_.wires.push_back({*pad_a, *pad_b});
    } else if (pad_a != nullptr && supply_b != nullptr) {
      diagram_.ties.push_back({*pad_a, *supply_b == Supply::power});
    } else if (pad_b != nullptr && supply_a != nullptr) {
      diagram_.ties.push_back({*pad_b, *supply_a == Supply::power});
    } else if (std::holds_alternative<Nowhere>(a) || std::holds_alternative<Nowhere>(b)) {
      ignore(name, leads_nowhere);
    } else if (pad_a != nullptr || pad_b != nullptr) {
      ignore(name, "the chip's pins do not stand 5 V");
    } else if (is_ground(a) != is_ground(b)) {
      return name + ": short circuit: it joins GND and " +
             (supply_a != nullptr && supply_b != nullptr ? "3V3" : "5V");
    } else {
      ignore(name, "it joins two supply pins");
    }
    return std::nullopt;
  }

  static bool is_ground(const BoardPin& pin) {
    const Supply* supply = std::get_if<Supply>(&pin);
    return supply != nullptr && *supply == Supply::ground;
  }

  Parts parts_;
  Diagram diagram_;
  std::vector<std::string> ignored_;
};

}  // namespace

std::expected<Diagram, std::string> parse_diagram(std::string_view text) {
  json diagram;
  try {
    diagram = json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const json::exception& error) {  // also of a number that is too large
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …": the part a user understands.
    const std::string_view message = error.what();
    const std::size_t start = message.find("] ");
    return std::unexpected("not JSON: " +
                           one_line(start == std::string_view::npos ? message : message.substr(start + 2)));
  }
  if (!diagram.is_object()) return std::unexpected("not a wokwi diagram: it is not an object with \"parts\"");
  auto parts = read_parts(diagram);
  if (!parts) return std::unexpected(parts.error());

  Connections connections(std::move(*parts));
  if (const auto list = diagram.find("connections"); list != diagram.end()) {
    if (!list->is_array()) return std::unexpected("\"connections\" is not a list");
    if (list->size() > most_connections)
      return std::unexpected("more than " + std::to_string(most_connections) + " connections");
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
