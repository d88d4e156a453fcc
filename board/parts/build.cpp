#include "board/parts/build.hpp"

#include "board/image/text.hpp"

#include <set>
#include <variant>

namespace ferry::board {

std::expected<std::optional<std::string>, std::string> build(Circuit& circuit, const Diagram& diagram,
                                                             const PartTypes& types,
                                                             const std::filesystem::path& folder) {
  std::set<std::string, std::less<>> absent;
  std::string absent_names;
  for (const DiagramPart& part : diagram.parts) {
    if (const PartTypes::Make* make = types.find(part.type)) {
      const auto placed = circuit.add(part.id, part.type, *make, Attributes(part.attributes, folder));
      if (!placed) return std::unexpected(placed.error());
      continue;
    }
    absent.insert(part.id);
    absent_names += (absent_names.empty() ? "" : ", ") + one_line(part.id) + " (" + one_line(part.type) + ')';
  }
  const auto connect = [&circuit](const Point& a, const Point& b) { return circuit.connect(a, b); };
  for (const Wire& wire : diagram.wires)
    if (const auto joined = connect(wire.a, wire.b); !joined) return std::unexpected(joined.error());
  for (const Tie& tie : diagram.ties) {
    const auto joined = connect(tie.pin, tie.level ? Supply::power : Supply::ground);
    if (!joined) return std::unexpected("GPIO" + std::to_string(tie.pin) + ": " + joined.error());
  }
  const auto is_absent = [&absent](const Point& point) {
    const TerminalName* name = std::get_if<TerminalName>(&point);
    return name != nullptr && absent.contains(name->part);
  };
  for (const DiagramConnection& connection : diagram.connections) {
    if (is_absent(connection.a) || is_absent(connection.b)) continue;
    if (const auto joined = connect(connection.a, connection.b); !joined)
      return std::unexpected(connection.name + ": " + joined.error());
  }

  std::string ignored;
  if (!absent.empty()) {
    ignored = "parts that the board does not model, with their connections: " + absent_names + "; it has " +
              types.names();
  }
  if (diagram.ignored) ignored += (ignored.empty() ? "" : "; ") + *diagram.ignored;
  if (ignored.empty()) return std::nullopt;
  return ignored;
}

}  // namespace ferry::board
