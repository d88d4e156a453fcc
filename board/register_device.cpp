#include "board/register_device.hpp"

namespace ferry::board {

void Notices::once(const std::string& line) {
  if (said_.insert(line).second) observers_.tell(&Observer::notice, std::string_view(line));
}

void Notices::archive_state(StateArchive& archive) { archive(said_); }

void RegisterDevice::archive_registers(StateArchive& archive) { archive(registers_, notices_); }

}  // namespace ferry::board
