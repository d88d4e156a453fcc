// The command line of `ferry`, read and checked.
#pragma once

#include "board/image/wire.hpp"
#include "board/parts/push_button.hpp"
#include "board/timeline.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry::app {

struct Input {
  board::Time when = 0;
  std::string text;  // escapes resolved
};

// --press: a button of the diagram.
struct ButtonPress {
  std::string button;
  board::Press press;
};

// --screenshot: a display of the diagram, and the PNG that its picture becomes.
struct Screenshot {
  std::string display, file;
};

// --watch: whether DMA watch follows who owns which byte, and what happens when it finds something.
enum class WatchMode : std::uint8_t { off, report, stop };

// `ferry run`
struct RunOptions {
  std::string firmware;
  std::optional<std::string> rom;    // --rom: a real one
  std::optional<std::string> flash;  // --flash: where the flash chip's content is kept
  std::vector<board::Wire> wires;
  std::optional<std::string> diagram;
  std::vector<ButtonPress> presses;
  std::vector<Input> inputs;
  bool strict_alignment = false;
  bool skip_idle = true;

  std::optional<board::Time> timeout;   // --timeout: too long is a failure
  std::optional<board::Time> duration;  // --for: done when reached
  std::optional<std::string> expected_text;
  std::optional<std::string> failing_text;
  std::optional<int> expected_exit;

  std::optional<std::string> vcd;
  std::vector<unsigned> vcd_pins;  // all of them unless the user chose some
  bool vcd_pins_only = false;      // the user chose: nothing but these
  std::vector<Screenshot> screenshots;
  bool trace_dma = false;
  bool trace_bus = false;
  std::set<std::string_view> traced_blocks;  // of --trace-bus; none means all
  std::optional<std::string> report;
  std::optional<std::string> json;  // "-": standard output
  std::optional<std::string> junit;
  bool quiet = false;
  bool wall_time = true;

  WatchMode watch = WatchMode::off;
  std::optional<std::string> watch_suppress;

  std::optional<std::uint16_t> gdb_port;  // --gdb; 0: one that is free
  bool break_on_trap = false;
};

// What to print and leave with instead: help, the version, or one line about a mistake.
struct Answer {
  std::string text;
  int exit_status = 0;
};

std::variant<RunOptions, Answer> read_command_line(int argc, const char* const* argv);

}  // namespace ferry::app
