// What a device leaves out of what its registers say, as data beside the device (devices/NAME/limits.cpp).
// The same data makes the bus tell the user once when firmware asks for it, is what `ferry registers` prints,
// and makes the tables at the end of FIDELITY.md.
#pragma once

#include "board/state_archive.hpp"
#include "chip/register_table.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::board {

enum class Support : std::uint8_t {
  modelled,      // does what the manual says
  approximated,  // differs where it says, or is only kept, and firmware here cannot tell
  absent,        // kept and read back at most; firmware that asks for it is told
};

// Some bits of one register, or of each register of an array.
struct Limit {
  std::uint32_t offset;
  std::uint32_t mask;
  Support support;
  std::string_view
      what;  // "IrDA": reads well behind the device's name and before "the board does not do this"
};

template <class Register>
constexpr Limit absent(std::string_view what, std::uint32_t mask = ~0u) {
  return {Register::offset, mask, Support::absent, what};
}
template <class Register>
constexpr Limit approximated(std::string_view what, std::uint32_t mask = ~0u) {
  return {Register::offset, mask, Support::approximated, what};
}

// How far one register can be believed. A register is absent when all of its fields are.
struct Standing {
  Support support = Support::modelled;
  std::string remark;  // "" when modelled; names the fields unless it is about all of them
};
Standing standing_of(const chip::RegisterInfo& info, std::span<const Limit> limits);
std::string_view name_of(Support support);

// Looks at the accesses to one device for what is absent. Each text comes once.
class LimitWatch {
 public:
  LimitWatch(std::span<const chip::RegisterInfo> registers, std::span<const Limit> limits);

  // A store that gives absent bits another value than that of their reset asks for what they stand for.
  std::vector<std::string_view> stored(std::uint32_t offset, std::uint32_t value);
  // So does a load from a register that only hardware would change, had the board that hardware.
  std::vector<std::string_view> loaded(std::uint32_t offset);

  void archive_state(StateArchive& archive);

 private:
  struct Watched {
    std::uint32_t offset;
    std::uint32_t reset;
    std::uint32_t stored;  // bits that stores reach
    bool loads;
    std::string_view what;
  };
  template <class Matches>
  std::vector<std::string_view> take(std::uint32_t offset, Matches matches);

  std::vector<Watched> watched_;
  std::vector<std::uint8_t> told_;  // one for each of them: its text has come
  std::vector<bool> at_;            // per word: something is watched there
};

}  // namespace ferry::board
