// What the board itself says: notices, traces and the summary, on a stream of their own.
#pragma once

#include "board/observer.hpp"
#include "board/record/output.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ferry::board {

class Messages final : public Observer {
 public:
  // `text` is where the firmware's text goes; `now` is asked for the time of a reset, and `where` for the
  // place in the program that a notice is about: " in main, main.cpp:12", or nothing.
  Messages(Output& text, Output& messages, std::function<Time()> now, std::function<std::string()> where);

  // Writes one line, in its place between the lines of the firmware.
  void line(std::string_view text);

  void notice(std::string_view text) override;
  void chip_reset(std::string_view cause) override;

 private:
  // A firmware that resets the chip at once, or does each time something else that is worth a note, would
  // write without end.
  static constexpr unsigned most_resets = 100, most_notices = 1000;

  Output& text_;
  Output& messages_;
  std::function<Time()> now_;
  std::function<std::string()> where_;
  unsigned resets_ = 0, notices_ = 0;
  bool same_place_;  // both end up on one terminal or in one file
};

}  // namespace ferry::board
