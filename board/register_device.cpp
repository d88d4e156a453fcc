#include "board/register_device.hpp"

namespace ferry::board {

void Notices::once(const std::string& line) {
  if (said_.insert(line).second) observers_.tell(&Observer::notice, std::string_view(line));
}

}  // namespace ferry::board
