// wokwi-led: terminals A and C.
#pragma once

#include "board/parts/part.hpp"

#include <cstdint>

namespace ferry::board {

/// Lit while its anode is high and its cathode low. What it is lit by conducts: an anode that is high pulls a
/// cathode up that nobody drives, and the other way round, so that an LED between 3.3 V and a pad which is
/// still an input is dark.
class Led final : public Part {
 public:
  explicit Led(Placement& placement);

  bool lit() const { return lit_; }
  /// How often it went on, and how long it has been on, since power came.
  std::uint64_t times_lit() const { return times_lit_; }
  Time time_lit() const;
  /// Called at each change.
  void on_change(std::function<void(bool lit)> listener) { listener_ = std::move(listener); }

  void power_on() override;
  void archive_state(StateArchive& archive) override;
  std::string summary() const override;

 private:
  void look();

  Terminal &anode_ = terminal("A"), &cathode_ = terminal("C");
  bool lit_ = false;
  std::uint64_t times_lit_ = 0;
  Time time_lit_ = 0;   // of the times that are over
  Time lit_since_ = 0;  // while it is lit
  std::function<void(bool)> listener_;
};

}  // namespace ferry::board
