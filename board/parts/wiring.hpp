// Parts that are wiring more than anything else.
#pragma once

#include "board/parts/part.hpp"

namespace ferry::board {

/// wokwi-resistor, between terminals 1 and 2. Beside a supply it pulls the other side there; anywhere else it
/// is a wire. Its value makes no difference, because levels have no voltage here.
class Resistor final : public Part {
 public:
  explicit Resistor(Placement& placement) : Part(placement) {
    attributes().ignore({"value"});
    resistor(terminal("1"), terminal("2"));
  }
};

/// wokwi-junction: where wires meet.
class Junction final : public Part {
 public:
  explicit Junction(Placement& placement) : Part(placement) { terminal("J"); }
};

/// wokwi-gnd and wokwi-vcc. The circuit joins their terminal with the supply.
class Ground final : public Part {
 public:
  explicit Ground(Placement& placement) : Part(placement) { terminal("GND").tie(false); }
};
class Power final : public Part {
 public:
  explicit Power(Placement& placement) : Part(placement) { terminal("VCC").tie(true); }
};

}  // namespace ferry::board
