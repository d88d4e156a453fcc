// wokwi's diagram.json. What it asks for is built, and power comes.
#include "board/image/diagram.hpp"
#include "board/parts/build.hpp"
#include "board/parts/circuit.hpp"

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
  Timeline timeline;
  Circuit circuit(timeline, pins, observers, [] {});
  static const PartTypes types = PartTypes::built_in();
  const auto built = build(circuit, *diagram, types, "/nowhere");
  if (!built) {
    if (built.error().empty() || built.error().find('\n') != std::string::npos) std::abort();
    return 0;
  }
  circuit.start();
  timeline.advance_to(second);
  return 0;
}
