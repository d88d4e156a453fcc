#include "board/testing/register_faults.hpp"

#include "board/block_names.hpp"
#include "board/image/text.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace ferry::board {

namespace {

struct Place {
  std::uint32_t address;
  const chip::RegisterInfo* info;
};

Place find_register(const Bus& bus, std::string_view name) {
  for (const AttachedDevice& attached : bus.devices()) {
    const std::string block(block_of(attached.base).name);
    if (!name.starts_with(block + '.')) continue;
    const std::string_view wanted = name.substr(block.size() + 1);
    for (const chip::RegisterInfo& info : attached.device->registers())
      for (std::uint32_t index = 0; index < info.count; ++index) {
        const std::string suffix = info.count == 1 ? "" : '[' + std::to_string(index) + ']';
        if (wanted == std::string(info.name) + suffix)
          return {attached.base + info.offset + index * info.stride, &info};
      }
  }
  throw std::out_of_range("the board has no register " + in_quotes(name));
}

struct Bits {
  std::uint32_t address, mask, bits;
};

Bits find_field(const Bus& bus, std::string_view name, std::string_view field_name, std::uint32_t value) {
  const Place place = find_register(bus, name);
  for (const chip::FieldInfo& field : place.info->fields) {
    if (field.name != field_name) continue;
    if ((value << field.lsb & field.mask()) >> field.lsb != value)
      throw std::out_of_range(std::string(name) + "." + std::string(field_name) + " has no room for " +
                              std::to_string(value));
    return {place.address, field.mask(), value << field.lsb};
  }
  throw std::out_of_range(std::string(name) + " has no field " + in_quotes(field_name));
}

void put(std::uint32_t& mask, std::uint32_t& bits, std::uint32_t new_mask, std::uint32_t new_bits) {
  mask |= new_mask;
  bits = (bits & ~new_mask) | (new_bits & new_mask);
}

}  // namespace

RegisterFaults::RegisterFaults(Board& board) : board_(board) { board_.bus().set_tamper(this); }

RegisterFaults::~RegisterFaults() {
  board_.bus().set_tamper(nullptr);
  for (unsigned source = 0; source < chip::interrupt_source_count; ++source)
    if ((forced_ >> source & 1) != 0) release(static_cast<chip::InterruptSource>(source));
}

void RegisterFaults::show(std::string_view register_name, std::string_view field, std::uint32_t value) {
  const Bits place = find_field(board_.bus(), register_name, field, value);
  show(place.address, place.mask, place.bits);
}

void RegisterFaults::show(std::uint32_t address, std::uint32_t mask, std::uint32_t bits) {
  if (address % 4 != 0 || board_.bus().device_at(address) == nullptr)
    throw std::out_of_range(hex(address) + ": there is no register");
  Fault& fault = faults_[address];
  put(fault.shown_mask, fault.shown_bits, mask, bits);
}

void RegisterFaults::stick(std::string_view register_name, std::string_view field, std::uint32_t value) {
  const Bits place = find_field(board_.bus(), register_name, field, value);
  stick(place.address, place.mask, place.bits);
}

void RegisterFaults::stick(std::uint32_t address, std::uint32_t mask, std::uint32_t bits) {
  show(address, mask, bits);
  Fault& fault = faults_[address];
  put(fault.stored_mask, fault.stored_bits, mask, bits);
}

void RegisterFaults::heal(std::string_view register_name) {
  faults_.erase(find_register(board_.bus(), register_name).address);
}

void RegisterFaults::heal() { faults_.clear(); }

void RegisterFaults::force(chip::InterruptSource source, bool level) {
  forced_ |= std::uint64_t{1} << static_cast<unsigned>(source);
  board_.force_interrupt(source, level);
}

void RegisterFaults::release(chip::InterruptSource source) {
  forced_ &= ~(std::uint64_t{1} << static_cast<unsigned>(source));
  board_.force_interrupt(source, std::nullopt);
}

std::uint32_t RegisterFaults::loaded(std::uint32_t address, std::uint32_t value) {
  const auto fault = faults_.find(address);
  if (fault == faults_.end()) return value;
  return (value & ~fault->second.shown_mask) | fault->second.shown_bits;
}

std::uint32_t RegisterFaults::stored(std::uint32_t address, std::uint32_t value) {
  const auto fault = faults_.find(address);
  if (fault == faults_.end()) return value;
  return (value & ~fault->second.stored_mask) | fault->second.stored_bits;
}

}  // namespace ferry::board
