// wokwi's diagram.json. The wires it asks for are made.
#include "board/board.hpp"
#include "board/image/diagram.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ferry::board;
  const auto diagram = parse_diagram(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!diagram) {
    // An error is one line of text.
    if (diagram.error().empty() || diagram.error().find('\n') != std::string::npos) std::abort();
    return 0;
  }
  Observers observers;
  Pins pins(observers);
  for (const Wire& wire : diagram->wires) pins.wire(wire.a, wire.b);
  for (const Tie& tie : diagram->ties) pins.drive_from_outside(tie.pin, tie.level);
  return 0;
}
