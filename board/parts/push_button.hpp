// wokwi-pushbutton: a contact between the terminals 1 and 2, closed while it is pressed.
#pragma once

#include "board/parts/part.hpp"

#include <expected>
#include <string_view>
#include <vector>

namespace ferry::board {

/// A time in which a button is held down.
struct Press {
  Time from = 0;
  Time length = 0;

  bool operator==(const Press&) const = default;
};

/// "1s:200ms": from one second on, for 200 milliseconds. Errors are one line without a full stop.
std::expected<Press, std::string> parse_press(std::string_view text);

/// Pressed at the times of its attribute `press` ("1s:200ms, 3s:50ms", counted from the start of the run) and
/// when a program says so. With the attribute `bounce` ("1", or how long: "2ms") the contact opens and closes
/// a few times whenever it moves, always in the same way.
class PushButton final : public Part {
 public:
  explicit PushButton(Placement& placement);

  /// Down, until release().
  void press();
  void release();
  /// Down for a time, from a time on that is not over.
  void press_at(const Press& press);
  bool pressed() const { return holders_ > 0; }
  std::uint64_t times_pressed() const { return times_pressed_; }

  void archive_state(StateArchive& archive) override;
  std::string summary() const override;

 private:
  struct Change {
    Time when;
    int holders;  // +1: down; -1: up
  };

  void add_change(const Change& change);
  void hold(int change);
  void follow_script();
  void bounce();

  Terminal &left_ = terminal({"1.l", "1.r", "1"}), &right_ = terminal({"2.l", "2.r", "2"});
  Contact& contact_ = contact(left_, right_);
  int holders_ = 0;  // how many presses hold it down: they may overlap
  bool held_by_hand_ = false;
  std::uint64_t times_pressed_ = 0;

  std::vector<Change> script_;  // what is to come, in order
  Event next_;
  Time bounce_time_ = 0;
  std::size_t bounces_ = 0;  // how often the contact has moved since it began to
  Time moving_since_ = 0;
  Event bounce_;
};

}  // namespace ferry::board
