// How a run ended, and whether that is what the user wanted.
#pragma once

#include "board/app/options.hpp"
#include "board/board.hpp"

#include <optional>
#include <string>

namespace ferry::app {

// What was observed when the run stopped.
struct Ending {
  board::Board::Stop stop =
      board::Board::Stop::reached_time;  // requested: by a text that was seen, or by Ctrl-C
  int firmware_exit_code = 0;            // when it exited
  board::Time now = 0;
  bool expected_text_seen = false;
  bool failing_text_seen = false;
  std::string trap = {};      // what the run ended at: with --break-on-trap, or without end
  std::string rom_call = {};  // the function of the boot ROM at which it ended
  std::size_t watch_findings = 0;
  bool killed = false;            // by the debugger
  std::string part_failure = {};  // what a part of the diagram has reported, if one has
};

struct Verdict {
  std::string word;         // for programs
  std::string explanation;  // for people, one line
  int exit_status = 0;
};

Verdict judge(const RunOptions& options, const Ending& ending);

}  // namespace ferry::app
