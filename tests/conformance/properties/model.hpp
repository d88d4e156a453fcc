// What an operation of the master has to do: to memory, and on the wires.
#pragma once

#include "tests/conformance/properties/memory.hpp"
#include "tests/conformance/properties/request.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace properties {

// The data lines at one clock: which of them belong to the phase, and their levels (bit n: SIOn).
struct Clock {
  std::uint8_t lines, levels;

  bool operator==(const Clock&) const = default;
};

struct Expected {
  std::string_view error;  // by the name of dma::Error; empty when it succeeds
  Reception reception;
  std::vector<Clock> clocks;       // what is sent
  std::size_t header_clocks = 0;   // of them before the data
  bool reads_half_duplex = false;  // what is received the other side has to drive
};

// `arena` as it is before. MISO is the inverse of MOSI, but for half duplex, where the other side sends
// device_byte().
Expected expect(const Request& request, const Bytes& arena);

// The levels that the device puts on the data lines at a data clock.
Clock device_clock(const Request& request, std::size_t clock);

}  // namespace properties
