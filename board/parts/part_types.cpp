#include "board/parts/part_types.hpp"

#include "board/parts/ili9341.hpp"
#include "board/parts/led.hpp"
#include "board/parts/push_button.hpp"
#include "board/parts/scripted_spi.hpp"
#include "board/parts/spi_flash.hpp"
#include "board/parts/wiring.hpp"

namespace ferry::board {

PartTypes PartTypes::built_in() {
  PartTypes types;
  types.add<PushButton>("wokwi-pushbutton");
  types.add<PushButton>("wokwi-pushbutton-6mm");
  types.add<Led>("wokwi-led");
  types.add<Resistor>("wokwi-resistor");
  types.add<Junction>("wokwi-junction");
  types.add<Ground>("wokwi-gnd");
  types.add<Power>("wokwi-vcc");
  types.add<Ili9341>("wokwi-ili9341");
  types.add<SpiFlash>("ferry-spi-flash");
  types.add<ScriptedSpi>("ferry-spi-script");
  return types;
}

const PartTypes::Make* PartTypes::find(std::string_view type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? nullptr : &found->second;
}

std::string PartTypes::names() const {
  std::string names;
  for (const auto& [type, make] : types_) names += (names.empty() ? "" : ", ") + type;
  return names;
}

}  // namespace ferry::board
