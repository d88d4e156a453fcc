// The bus as a debugger uses it: beside the CPU, without leaving traces in counters and recordings.
#include "board/bus.hpp"

namespace ferry::board {

std::optional<std::uint32_t> Bus::probe_load(std::uint32_t address) const {
  const Attachment* attachment = attachment_at(address);
  if (attachment == nullptr || address % 4 != 0) return std::nullopt;
  if (attachment->gate != nullptr && !attachment->gate->open()) return 0;
  return attachment->device->read(address - attachment->base);
}

bool Bus::probe_store(std::uint32_t address, std::uint32_t value) const {
  const Attachment* attachment = attachment_at(address);
  if (attachment == nullptr || address % 4 != 0) return false;
  if (attachment->gate == nullptr || attachment->gate->open())
    attachment->device->write(address - attachment->base, value);
  return true;
}

}  // namespace ferry::board
