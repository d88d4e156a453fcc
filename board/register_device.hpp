// The base of a peripheral that is a register file with some behaviour behind it.
#pragma once

#include "board/device.hpp"
#include "board/observer.hpp"

#include <set>
#include <string>
#include <string_view>

namespace ferry::board {

// Lines that the user should read once, however often their cause occurs.
class Notices {
 public:
  explicit Notices(Observers& observers) : observers_(observers) {}
  void once(const std::string& line);
  void archive_state(StateArchive& archive);

 private:
  Observers& observers_;
  std::set<std::string, std::less<>> said_;
};

class RegisterDevice : public Device {
 public:
  RegisterDevice(std::string_view name, std::span<const chip::RegisterInfo> table, Observers& observers)
      : Device(name), registers_(table), observers_(observers), notices_(observers) {}

  // Plain storage by access type. Devices override these where an address does more. (The bus tells the user
  // about addresses that have no register.)
  std::uint32_t read(std::uint32_t offset) override { return registers_.load(offset); }
  void write(std::uint32_t offset, std::uint32_t value) override { registers_.store(offset, value); }
  void reset() override { registers_.reset(); }
  std::span<const chip::RegisterInfo> registers() const override { return registers_.table(); }

 protected:
  // The part of archive_state() that all of these have in common.
  void archive_registers(StateArchive& archive);

  RegisterFile registers_;
  Observers& observers_;
  Notices notices_;
};

// Which element of a register array an offset means, or a value past the end when it means none of them.
template <class Register>
constexpr std::uint32_t index_of(std::uint32_t offset) {
  const std::uint32_t distance = offset - Register::offset;  // wraps below the array
  return distance % Register::stride == 0 ? distance / Register::stride : Register::count;
}
template <class Register>
constexpr bool is(std::uint32_t offset) {
  return index_of<Register>(offset) < Register::count;
}

}  // namespace ferry::board
