// What an operation has to do: to memory, and on the wires.
#pragma once

#include "tests/conformance/properties/request.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace properties {

using Bytes = std::vector<std::uint8_t>;

// The data lines at one clock: which of them belong to the phase, and their levels (bit n: SIOn).
struct Clock {
  std::uint8_t lines, levels;

  bool operator==(const Clock&) const = default;
};

struct Expected {
  std::string_view error;  // by the name of dma::Error; empty when it succeeds
  std::vector<std::size_t>
      where;                      // the places in the arena that are received into, in the order of the bytes
  Bytes received;                 // what comes there
  std::size_t rounding = 0;       // bytes behind the last one that a burst may write
  std::vector<Clock> clocks;      // what is sent
  std::size_t header_clocks = 0;  // of them before the data
  bool reads_half_duplex = false;  // `received` is what the other side has to drive
};

// `arena` as it is before. MISO is the inverse of MOSI, but for half duplex, where the other side sends
// device_byte().
Expected expect(const Request& request, const Bytes& arena);

std::uint8_t device_byte(std::size_t index);
// The levels that the device puts on the data lines at a data clock.
Clock device_clock(const Request& request, std::size_t clock);

}  // namespace properties
