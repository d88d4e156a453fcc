#include "board/register_device.hpp"

namespace ferry::board {

void Notices::once(const std::string& line) {
  if (said_.insert(line).second) observers_.tell(&Observer::notice, std::string_view(line));
}

void RegisterDevice::not_modelled(std::string_view feature) {
  notices_.once(std::string(feature) + ": the board does not do this");
}

}  // namespace ferry::board
